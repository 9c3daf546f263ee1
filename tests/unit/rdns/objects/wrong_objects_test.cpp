// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "scanning.hpp"

namespace ptrd::rdns {
namespace {

struct Expected {
  uint64_t line;
  std::string severity;
  std::string text;  // part of the finding's text
  std::string rule;
};

/// The findings that the comments of a fixture announce: `#! severity: part of the text [rule]`, on the line
/// that it is about.
std::vector<Expected> announced(const std::filesystem::path& path) {
  std::vector<Expected> expected;
  std::ifstream file(path);
  static const std::regex kMark(R"(#! (error|warning): ((?!.*#! (?:error|warning)).*) \[([a-z-]+)\])");
  uint64_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    std::smatch match;
    if (std::regex_search(line, match, kMark)) expected.push_back({number, match[1], match[2], match[3]});
  }
  return expected;
}

std::vector<std::filesystem::path> fixtures() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(PTRD_UNIT_TESTS "/rdns/wrong"))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Each fixture has the findings that its comments announce, on their lines, and no others.
TEST(WrongObjects, FindingsAreThoseAnnounced) {
  ASSERT_GT(fixtures().size(), 70U);
  for (const auto& path : fixtures()) {
    const auto expected = announced(path);
    const Scanned scanned = scan_file(path);
    std::string all;
    for (const Finding& finding : scanned.findings) all += finding.to_text() + "\n";
    ASSERT_EQ(expected.size(), scanned.findings.size()) << path << "\n" << all;
    EXPECT_EQ(expected.empty(), path.filename() == "nothing-wrong.rpsl") << path;
    for (size_t i = 0; i < expected.size(); ++i) {
      const Finding& finding = scanned.findings[i];
      EXPECT_EQ(finding.line, expected[i].line) << path << "\n" << all;
      EXPECT_EQ(finding.severity() == Severity::error ? "error" : "warning", expected[i].severity) << path;
      EXPECT_EQ(facts_of(finding.rule).id, expected[i].rule) << path << "\n" << all;
      EXPECT_NE(finding.text.find(expected[i].text), std::string::npos) << expected[i].text << "\n" << all;
    }
  }
}

// Every rule has a fixture, except for the two limits (their texts would be large), which have tests here.
TEST(WrongObjects, EveryRuleHasAFixture) {
  std::set<std::string> seen = {"line-too-long", "object-too-big"};
  for (const auto& path : fixtures()) {
    for (const Expected& expected : announced(path)) seen.insert(expected.rule);
  }
  for (size_t i = 0; i < static_cast<size_t>(Rule::count); ++i) {
    const std::string id(facts_of(static_cast<Rule>(i)).id);
    EXPECT_TRUE(seen.contains(id)) << id;
  }
}

// A fully valid object is counted by its kind, and objects irrelevant to rdns are skipped.
TEST(WrongObjects, NothingWrongIsCounted) {
  const Scanned scanned = scan_file(PTRD_UNIT_TESTS "/rdns/wrong/nothing-wrong.rpsl");
  EXPECT_EQ(scanned.counts.domains, 5U);
  EXPECT_EQ(scanned.counts.enums, 1U);
  EXPECT_EQ(scanned.counts.passed_over, 1U);
  ASSERT_EQ(scanned.objects.size(), 5U);
  ASSERT_EQ(scanned.objects[2].ds.size(), 1U);
  EXPECT_EQ(to_text(scanned.objects[2].ds[0]),
            "12345 13 2 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF");
  EXPECT_EQ(scanned.objects[2].servers[1].glue->family, wire::Family::v6);
}

// AFRINIC's dash is for creating only; others' objects may be changed.
TEST(WrongObjects, DashByOperation) {
  std::string text = good_object("0-63.2.0.192.in-addr.arpa");
  EXPECT_TRUE(scan_text(text, Operation::modify).findings.empty());
  text.replace(text.find("TEST"), 4, "AFRINIC");
  EXPECT_TRUE(scan_text(text, Operation::create).findings.empty());
  for (const Operation operation : {Operation::modify, Operation::erase}) {
    const Scanned scanned = scan_text(text, operation);
    ASSERT_EQ(scanned.findings.size(), 1U);
    EXPECT_EQ(scanned.findings[0].rule, Rule::dash_operation);
  }
}

// An object with many copies of a name server has one finding per line, not one for each pair.
TEST(WrongObjects, ManyOfTheSame) {
  std::string servers = "nserver: ns2.example.net\n";
  for (int i = 0; i < 10000; ++i) servers += "nserver: ns1.example.net\n";
  const Scanned scanned = scan_text(good_object("1.1.196.in-addr.arpa", {}, servers));
  EXPECT_EQ(scanned.findings.size(), 9999U);
}

// A finding's text shows no octet that a terminal would act on, and is on one line.
TEST(Finding, IsPrintable) {
  const Scanned scanned = scan_text("domain: \x1b[2J\xff.in-addr.arpa\nnserver: a\x1b\n\n");
  ASSERT_FALSE(scanned.findings.empty());
  for (const Finding& finding : scanned.findings) {
    const std::string line = finding.to_text();
    for (const char c : line) EXPECT_TRUE(c >= ' ' && c <= '~') << line;
  }
}

}  // namespace
}  // namespace ptrd::rdns
