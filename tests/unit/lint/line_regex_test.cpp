// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lint/line_regex.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lint/pattern_file.hpp"
#include "lint/pattern_set.hpp"

using namespace ptrd;
using namespace ptrd::lint;

namespace {

/// A set of one pattern, role/a.
PatternSet set_of(const std::string& regex) {
  return PatternSet::compile(parse_patterns("role note a " + regex + " x x\n", "f").value()).value();
}

/// The numbers of the names that match, joined by blanks, when all are scanned together.
std::string found_in(PatternSet& set, const std::vector<std::string>& names) {
  std::vector<Subject> subjects;
  for (const std::string& name : names) subjects.push_back({.name = name});
  std::string out;
  set.scan(subjects,
           [&](size_t i, const Match& /*match*/) { out += (out.empty() ? "" : " ") + std::to_string(i); });
  return out;
}

}  // namespace

TEST(LineRegex, WhatNeedsNoChangeStays) {
  for (const char* regex :
       {R"(\b(?:dsl|dslam)\d*\b)", R"(^ip[-_.]?\d)", R"(\.local$)", R"(a{2,3}[\]\d\x20].+)"})
    EXPECT_EQ(within_line(regex), regex);
}

TEST(LineRegex, NegatedClassesTakeNoLineFeed) {
  EXPECT_EQ(within_line("a[^0-9]b[^x]"), "a[^\n0-9]b[^\nx]");
  EXPECT_EQ(within_line("[^-x]"), "[^\n\\-x]")
      << "a hyphen that comes first starts no range with the line feed";
}

TEST(LineRegex, WhatMayTakeALineFeedIsRefused) {
  for (const char* regex :
       {R"(a\sb)", R"(a\Db)", R"(\Aab)", R"(ab\z)", R"(a\nb)", R"(a\x0ab)", R"(a[\x01-z])", R"(a[^]b])",
        R"(a[[:space:]])", R"((?s)a.b)", R"(a\Q.\E)", R"((*UTF8)a)", R"(a\012)", R"([a)", "a\tb", "a\\"})
    EXPECT_EQ(within_line(regex), std::nullopt) << regex;
}

TEST(PatternSet, NoMatchGoesFromOneNameIntoTheNext) {
  for (const char* regex : {"a[^0-9]b", "a.b", R"(a\Db)", R"(a\Wb)"}) {
    PatternSet set = set_of(regex);
    EXPECT_EQ(found_in(set, {"xa", "bx", "a-b", "a", "b"}), "2") << regex;
  }
}

TEST(PatternSet, AnchorsAndWordsEndWithTheName) {
  PatternSet first = set_of("^ab");
  EXPECT_EQ(found_in(first, {"abc", "cab", "ab"}), "0 2");
  PatternSet last = set_of("ab$");
  EXPECT_EQ(found_in(last, {"abc", "cab", "ab"}), "1 2");
  PatternSet word = set_of(R"(\bab\b)");
  EXPECT_EQ(found_in(word, {"ab", "c", "abc", "-ab-"}), "0 3");
  PatternSet start = set_of(R"(\Aab)");
  EXPECT_EQ(start.alone(), 1U);
  EXPECT_EQ(found_in(start, {"cab", "ab", "abc"}), "1 2");
}

TEST(PatternSet, ALineFeedInANameDoesNotPartIt) {
  PatternSet set = set_of("^ab");
  EXPECT_EQ(found_in(set, {"c\nab", "ab\nc"}), "1") << "a name is one line, whatever its octets";
  PatternSet any = set_of("c[^a]ab");
  EXPECT_EQ(found_in(any, {"c\nab"}), "0");
}

// Matches have the numbers of their names: many names, with matches in the first, the last and some between.
TEST(PatternSet, MatchesBelongToTheirNames) {
  PatternSet set = set_of("vpn");
  std::vector<std::string> names;
  std::string wanted;
  for (size_t i = 0; i < 5000; ++i) {
    const bool has = i % 7 == 0 || i == 4999;
    names.push_back("h" + std::to_string(i) + (has ? ".vpn-vpn" : ".www"));
    if (has) wanted += (wanted.empty() ? "" : " ") + std::to_string(i);
  }
  EXPECT_EQ(found_in(set, names), wanted);
  EXPECT_EQ(found_in(set, {}), "");
  EXPECT_EQ(found_in(set, {"", "vpn", ""}), "1");
}
