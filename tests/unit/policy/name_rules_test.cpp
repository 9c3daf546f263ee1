// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/name_rules.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <chrono>
#include <string>
#include <vector>

#include "process/sanitizers.hpp"

namespace ptrd::policy {
namespace {

std::string text(std::string_view wire) {
  return std::string(NameText({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()}).text());
}
using std::string_view_literals::operator""sv;

// Lower case, no final dot, odd octets escaped.
TEST(NameText, Forms) {
  EXPECT_EQ(text("\3WWW\7eXample\0"sv), "www.example");
  EXPECT_EQ(text("\0"sv), ".");
  EXPECT_EQ(text("\3a.b\1\\\0"sv), "a\\.b.\\\\");
  EXPECT_EQ(text("\4\0 \xFF~\0"sv), "\\000\\032\\255~");
}

// The longest name of the oddest octets fits.
TEST(NameText, Longest) {
  std::string name;
  for (int i = 0; i < 3; ++i) name += '\77' + std::string(63, '\xFF');
  name += '\75' + std::string(61, '\xFF') + std::string(1, '\0');
  ASSERT_EQ(name.size(), wire::kMaxName);
  EXPECT_EQ(text(name).size(), 250U * 4 + 3);
}

// The first rule that matches counts; those for all names are asked for addresses.
TEST(NameRules, First) {
  const auto rules =
      NameRules::compile({{.rule = 3, .regex = "^[a-z]{12}\\.", .flags = 0, .all_names = false},
                          {.rule = 1, .regex = suffix_regex("in-addr.arpa"), .flags = 0, .all_names = true},
                          {.rule = 2, .regex = literal_regex("a.b"), .flags = 0, .all_names = false}},
                         1);
  ASSERT_TRUE(rules.has_value()) << rules.error().reason;
  EXPECT_EQ(rules->find("abcdefghijkl.example", false, 0), 3U);
  EXPECT_EQ(rules->find("abcdefghijkl.in-addr.arpa", false, 0), 1U);
  EXPECT_EQ(rules->find("in-addr.arpa", false, 0), 1U);
  EXPECT_EQ(rules->find("xin-addr.arpa", false, 0), 0U);
  EXPECT_EQ(rules->find("a.b", false, 0), 2U);
  EXPECT_EQ(rules->find("axb", false, 0), 0U);
  EXPECT_TRUE(rules->on_addresses());
  EXPECT_EQ(rules->find("1.2.0.192.in-addr.arpa", true, 0), 1U);
}

// A faulty expression is named.
TEST(NameRules, Faulty) {
  const auto rules = NameRules::compile({{.rule = 1, .regex = "a", .flags = 0, .all_names = false},
                                         {.rule = 2, .regex = "(b", .flags = 0, .all_names = false}},
                                        1);
  ASSERT_FALSE(rules.has_value());
  EXPECT_EQ(rules.error().rule, 1U);
  EXPECT_NE(rules.error().reason, "");
}

NameRule expression(const char* regex) {
  return {.rule = 1, .regex = regex, .flags = 0, .all_names = false};
}

// Expressions that explode are refused by name, at once or after a few seconds: by Hyperscan's limits, or as
// no name is so long.
TEST(NameRules, Exploding) {
  for (const char* regex :
       {"(a{1,1000}){1,1000}", ".{5000}", "((a{1,30}){1,30}){1,30}", "^(a|b|c|d){1,3000}$", "(a?){2000}b",
        "a.{1,2000}b", "(a.{1,200}){10}b", "([a-z]{1,60}\\.){1,60}x", "a{99999}"}) {
    const auto began = std::chrono::steady_clock::now();
    const auto rules = NameRules::compile({expression("^ok"), expression(regex)}, 1);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20)) << regex;
    ASSERT_FALSE(rules.has_value()) << regex;
    EXPECT_EQ(rules.error().rule, 1U) << regex;
    EXPECT_NE(rules.error().reason, "") << regex;
  }
  EXPECT_FALSE(NameRules::compile({expression(std::string(1025, 'a').c_str())}, 1).has_value());
  EXPECT_TRUE(NameRules::compile({expression("^[a-z]{12,63}\\."), expression("x{2,}")}, 1).has_value());
}

// An expression that takes long is given up when the time is over, whatever Hyperscan is at, and named with
// its time; the process that compiled it is gone.
TEST(NameRules, GivenUp) {
  for (const char* regex : {"(([a-z]{2,40}x){2,10}y){2,}", "([a-f]{3,200}[^a-c]{2,200}){2}x"}) {
    const auto began = std::chrono::steady_clock::now();
    const auto rules = NameRules::compile({expression("^ok"), expression(regex), expression("^late")}, 1,
                                          {.compile = std::chrono::milliseconds(100)});
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2)) << regex;
    ASSERT_FALSE(rules.has_value()) << regex;
    EXPECT_TRUE(rules.error().rule.has_value()) << regex;
    EXPECT_NE(rules.error().reason.find("more than the limit of 100 ms"), std::string::npos)
        << rules.error().reason;
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << regex;
  }
}

// Memory has a limit, too. (A sanitizer's allocator ends the process instead.)
TEST(NameRules, Memory) {
  if (process::kSanitized) GTEST_SKIP() << "a sanitizer's allocator ends the process";
  const auto rules = NameRules::compile({expression("(([a-z]{2,40}x){2,10}y){2,}")}, 1, {.memory = 1 << 20});
  ASSERT_FALSE(rules.has_value());
  EXPECT_NE(rules.error().reason.find("more memory than the limit of 1 MiB"), std::string::npos)
      << rules.error().reason;
}

// Time and size have limits: many expressions, none of which is refused alone.
TEST(NameRules, Limits) {
  std::vector<NameRule> many;
  for (int i = 0; i < 2000; ++i)
    many.push_back(
        expression(("(x" + std::to_string(i) + ".*){3}[a-z]{" + std::to_string(i % 60 + 2) + "}y").c_str()));
  const auto slow = NameRules::compile(many, 1, {.compile = std::chrono::milliseconds(20)});
  ASSERT_FALSE(slow.has_value());
  EXPECT_TRUE(slow.error().rule.has_value());
  EXPECT_NE(slow.error().reason.find("more than the limit of 20 ms"), std::string::npos)
      << slow.error().reason;
  many.resize(100);
  const auto large = NameRules::compile(many, 1, {.database = 1000});
  ASSERT_FALSE(large.has_value());
  EXPECT_NE(large.error().reason.find("more than the limit of 0 MiB"), std::string::npos)
      << large.error().reason;
  EXPECT_TRUE(NameRules::compile(many, 1).has_value());
}

}  // namespace
}  // namespace ptrd::policy
