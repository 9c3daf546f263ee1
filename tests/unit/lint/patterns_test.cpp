// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "lint/allow.hpp"
#include "lint/pattern_file.hpp"
#include "lint/pattern_set.hpp"

using namespace ptrd;
using namespace ptrd::lint;

namespace {

const std::vector<Pattern>& shipped() {
  static const auto patterns = read_pattern_file(PTRD_UNIT_TESTS "/../../tools/dist/lint.patterns");
  return patterns.value();
}

PatternSet& shipped_set() {
  static PatternSet set = PatternSet::compile(shipped()).value();
  return set;
}

/// The ids that a name of the shipped patterns matches, joined by blanks.
std::string ids(const std::string& name, const std::string& address = "203.0.113.250") {
  const auto key = wire::key_of_address(address).value();
  std::string out;
  for (const Match& match : shipped_set().scan({.name = name, .address = key}))
    out += (out.empty() ? "" : " ") + match.pattern->id();
  return out;
}

std::string parse_error(const std::string& text) {
  const auto patterns = parse_patterns(text, "f");
  return patterns ? "" : patterns.error();
}

}  // namespace

TEST(Patterns, ShippedOnesMatchTheirExamples) {
  for (const Pattern& pattern : shipped()) EXPECT_EQ(try_example(pattern), "");
}

TEST(LineRegex, ShippedPatternsAreAllScannedTogether) {
  EXPECT_EQ(shipped_set().alone(), 0U);
}

TEST(Patterns, ShippedOnesAreThreeHundredAndNamedOnce) {
  std::set<std::string> names;
  std::array<size_t, kClassNames.size()> of_class{};
  for (const Pattern& pattern : shipped()) {
    EXPECT_TRUE(names.insert(pattern.id()).second) << pattern.id();
    ++of_class[static_cast<size_t>(pattern.cls)];
  }
  EXPECT_GE(names.size(), 300U);
  for (const size_t count : of_class) EXPECT_GE(count, 10U);
}

TEST(Patterns, AnExampleThatDoesNotMatchIsTold) {
  const auto patterns = parse_patterns("role note a \\bvpn\\b www.example.net names\n", "f").value();
  EXPECT_EQ(try_example(patterns[0]), "f:1:13: role/a: the example 'www.example.net' does not match");
}

// Class by class: names that must match, and similar names that must not.
TEST(Patterns, AddressMustBeTheOwners) {
  EXPECT_EQ(ids("z192-0-2-1.example", "192.0.2.1"), "address/quad");
  EXPECT_EQ(ids("z1-2-0-192.example", "192.0.2.1"), "address/quad");
  EXPECT_EQ(ids("z192-0-2-1.example", "198.51.100.9"), "");
  EXPECT_EQ(ids("xc0000201.example", "192.0.2.1"), "address/digits");
  EXPECT_EQ(ids("xdeadbeef.example", "192.0.2.1"), "");
  EXPECT_EQ(ids("n2001-db8--1.example", "2001:db8::1"), "address/v6-short");
  EXPECT_EQ(ids("n2001-db8--2.example", "2001:db8::1"), "");
}

TEST(Patterns, Access) {
  EXPECT_EQ(ids("adsl-x.example"), "access/adsl");
  EXPECT_EQ(ids("a.dyn.isp.example"), "access/dyn");
  EXPECT_EQ(ids("static-x.adsl.example"), "") << "the exception";
  EXPECT_EQ(ids("dynamo.example"), "");
  EXPECT_EQ(ids("resort.example"), "");
}

TEST(Patterns, Role) {
  EXPECT_EQ(ids("vpn3.x.example"), "role/vpn");
  EXPECT_EQ(ids("dc1.x.example"), "role/dc");
  EXPECT_EQ(ids("jenkins.x.example"), "role/jenkins");
  EXPECT_EQ(ids("devonshire.x.example"), "");
  EXPECT_EQ(ids("adelaide.x.example"), "");
}

TEST(Patterns, Person) {
  EXPECT_EQ(ids("brians-iphone.x.example"), "person/iphone");
  EXPECT_EQ(ids("Galaxy-S21.x.example"), "person/galaxy") << "case does not count";
  EXPECT_EQ(ids("susan.x.example"), "person/first-name");
  EXPECT_EQ(ids("johnstown.x.example"), "");
  EXPECT_EQ(ids("pcmcia.x.example"), "");
}

TEST(Patterns, Identifier) {
  EXPECT_EQ(ids("00-1a-2b-3c-4d-5e.x.example"), "identifier/mac-separated");
  EXPECT_EQ(ids("021a2bfffe3c4d5e.x.example"), "identifier/eui64");
  EXPECT_EQ(ids("tel-4930123456789.x.example"), "identifier/phone-e164");
  EXPECT_EQ(ids("00-1a-2b-3c-4d.x.example"), "") << "five octets are no MAC address";
  EXPECT_EQ(ids("tel-12.x.example"), "");
}

TEST(Patterns, Placeholder) {
  EXPECT_EQ(ids("localhost"), "placeholder/localhost");
  EXPECT_EQ(ids("n.corp"), "placeholder/corp");
  EXPECT_EQ(ids("unassigned.x.example"), "placeholder/unassigned");
  EXPECT_EQ(ids("local.x.example"), "");
  EXPECT_EQ(ids("n.corp.example"), "") << "a suffix only at the end";
}

TEST(Patterns, Router) {
  EXPECT_EQ(ids("xe-3-0-1.x.example"), "router/tengigabit");
  EXPECT_EQ(ids("lo0.x.example"), "router/loopback");
  EXPECT_EQ(ids("geneva.x.example"), "");
  EXPECT_EQ(ids("corewood.x.example"), "");
}

TEST(Patterns, OfAClassTheFirstCounts) {
  auto set =
      PatternSet::compile(
          parse_patterns("role note a vpn vpn x\nrole error b vpn vpn y\nrouter note c vpn vpn z\n", "f")
              .value())
          .value();
  const auto matches = set.scan({.name = "vpn.example"});
  ASSERT_EQ(matches.size(), 2U);
  EXPECT_EQ(matches[0].pattern->id(), "role/a");
  EXPECT_EQ(matches[1].pattern->id(), "router/c");
}

// An end of line is matched once a name, the last one too, and nowhere else.
TEST(Patterns, EndOfName) {
  auto set = PatternSet::compile(
      parse_patterns("placeholder error end e$ e x\nplaceholder error any $ e x\n", "f").value());
  if (!set) {  // Hyperscan may refuse a pattern that matches nothing
    EXPECT_NE(set.error().find("f:2:"), std::string::npos) << set.error();
    return;
  }
  EXPECT_EQ(set->scan({.name = "some"}).size(), 1U);
  EXPECT_EQ(set->scan({.name = ""}).size(), 1U);
}

TEST(PatternFile, FaultsHaveTheirPlace) {
  EXPECT_EQ(parse_error("# c\n\nrole note a x y z\nfoo note a x y z\n").substr(0, 22),
            "f:4:1: unknown class '");
  EXPECT_EQ(parse_error("role loud a x y z\n").substr(0, 24), "f:1:6: unknown severity ");
  EXPECT_EQ(parse_error("role note A_ x y z\n").substr(0, 10), "f:1:11: in");
  EXPECT_NE(parse_error("role note a x\n").find("EXAMPLE is missing"), std::string::npos);
  EXPECT_NE(parse_error("role note a x y\n").find("TEXT is missing"), std::string::npos);
  EXPECT_NE(parse_error("address note a x y z\n").find("ADDRESS=NAME"), std::string::npos);
  EXPECT_EQ(parse_error("role except a x y\nrole off b\r\n"), "");
}

TEST(PatternFile, BadRegexHasItsPlaceAndHyperscansReason) {
  const auto set =
      PatternSet::compile(parse_patterns("role note a ok ok x\nrole note b a(b ab x\n", "f").value());
  ASSERT_FALSE(set.has_value());
  EXPECT_EQ(set.error().substr(0, 4), "f:2:");
  EXPECT_NE(set.error().find("'a(b': "), std::string::npos);
  EXPECT_NE(set.error().find("parenthesis"), std::string::npos) << set.error();
}

TEST(PatternFile, LaterFilesReplaceAddAndTakeAway) {
  auto patterns = parse_patterns("role note a x x x\nrole note b y y y\n", "f").value();
  ASSERT_TRUE(merge_patterns(
      patterns, parse_patterns("role error a z z z\nrole off b\nrole note c w w w\n", "g").value()));
  ASSERT_EQ(patterns.size(), 2U);
  EXPECT_EQ(patterns[0].regex, "z");
  EXPECT_EQ(patterns[1].id(), "role/c");
  EXPECT_EQ(merge_patterns(patterns, parse_patterns("role off nobody\n", "g").value()).error(),
            "g:1:1: no pattern is named role/nobody");
}

TEST(AllowList, RulesNamesAndPatterns) {
  const auto list =
      AllowList::parse(
          "rule role/vpn\nrule access/*\nname A.example # mine\nname *.pool.example\npattern ^cpe\n", "f")
          .value();
  EXPECT_TRUE(list.allows_rule("role/vpn"));
  EXPECT_FALSE(list.allows_rule("role/db"));
  EXPECT_TRUE(list.allows_rule("access/dsl"));
  const auto allows = [&](const char* name) {
    return list.allows_name(wire::Name::from_text(name)->bytes());
  };
  EXPECT_TRUE(allows("a.EXAMPLE."));
  EXPECT_TRUE(allows("x.y.pool.example"));
  EXPECT_FALSE(allows("pool.example"));
  EXPECT_FALSE(allows("b.example"));
  auto set =
      PatternSet::compile(parse_patterns("role note a vpn vpn x\n", "f").value(), list.patterns()).value();
  EXPECT_EQ(set.scan({.name = "vpn-1"}).size(), 1U);
  EXPECT_EQ(set.scan({.name = "cpe-vpn-1"}).size(), 0U);
  EXPECT_EQ(AllowList::parse("rule x\nnam y\n", "f").error(),
            "f:2:1: unknown keyword 'nam'; use rule, name or pattern");
}
