// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/helper.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "policy/name_rules.hpp"

namespace ptrd::swap {
namespace {

using policy::NameRule;

std::string children() {
  std::ifstream file("/proc/thread-self/children");
  std::string text;
  std::getline(file, text);
  return text;
}

/// The page faults of this thread so far that needed no disk.
long faults() {
  std::ifstream file("/proc/thread-self/stat");
  std::string text;
  std::getline(file, text);
  std::istringstream rest(text.substr(text.rfind(')') + 2));
  std::string skipped;
  long count = 0;
  for (int i = 0; i < 7; ++i) rest >> skipped;
  rest >> count;
  return count;
}

// The databases arrive: those for all names, and those for the names of addresses.
TEST(Helper, CompilesNames) {
  Helper helper(1 << 20);
  const auto made = helper.compile_names({{.rule = 1, .regex = "^a", .flags = 0, .all_names = false},
                                          {.rule = 7, .regex = "^b", .flags = 0, .all_names = true}},
                                         {});
  ASSERT_TRUE(made) << made.error().reason;
  EXPECT_NE(made->others, nullptr);
  EXPECT_NE(made->addresses, nullptr);
  const auto rules = policy::NameRules::compile(
      {{.rule = 3, .regex = "x+y", .flags = 0, .all_names = true}}, 1, {},
      [&](const auto& names, const auto& limits) { return helper.compile_names(names, limits); });
  ASSERT_TRUE(rules) << rules.error().reason;
  EXPECT_EQ(rules->find("axxy", true, 0), 3U);
  EXPECT_EQ(rules->find("axx", true, 0), 0U);
}

// What is wrong with an expression, and which limit is exceeded, is said as without a helper, which goes on.
TEST(Helper, RefusesNames) {
  Helper helper(1 << 20);
  const NameRule good = {.rule = 1, .regex = "^ok", .flags = 0, .all_names = false};
  const auto faulty = helper.compile_names({good, {.rule = 2, .regex = "(b"}}, {});
  ASSERT_FALSE(faulty.has_value());
  EXPECT_EQ(faulty.error().rule, 1U);
  EXPECT_EQ(faulty.error().reason, policy::compile_names({{.rule = 2, .regex = "(b"}}, {}).error().reason);
  const auto slow = helper.compile_names({good, {.rule = 2, .regex = "(([a-z]{2,40}x){2,10}y){2,}"}},
                                         {.compile = std::chrono::milliseconds(100)});
  ASSERT_FALSE(slow.has_value());
  EXPECT_NE(slow.error().reason.find("more than the limit of 100 ms"), std::string::npos)
      << slow.error().reason;
  const auto large = helper.compile_names({good}, {.database = 10});
  ASSERT_FALSE(large.has_value());
  EXPECT_NE(large.error().reason.find("more than the limit of 0 MiB"), std::string::npos)
      << large.error().reason;
  EXPECT_TRUE(helper.compile_names({good}, {}));
}

// Compiling makes this process neither fork nor fault for the pages that it has written before.
TEST(Helper, LeavesThisProcessAlone) {
  Helper helper(1 << 20);
  const std::string before = children();
  constexpr size_t kPage = 4096;
  std::vector<char> memory(1000 * kPage, 'a');
  volatile char* const bytes = memory.data();
  std::vector<NameRule> rules;
  for (policy::RuleNumber i = 1; i <= 50; ++i)
    rules.push_back({.rule = i, .regex = "^name" + std::to_string(i), .flags = 0, .all_names = false});
  ASSERT_TRUE(helper.compile_names(rules, {}));
  const long then = faults();
  for (size_t i = 0; i < memory.size(); i += kPage) bytes[i] = 'b';
  EXPECT_LT(faults() - then, 100);
  EXPECT_EQ(children(), before);
}

// Without the helper, the message says what to do.
TEST(Helper, Gone) {
  Helper helper(1 << 20);
  kill(std::stoi(children()), SIGKILL);
  const auto made = helper.compile_names({{.rule = 1, .regex = "^a"}}, {});
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().rule, std::nullopt);
  EXPECT_NE(made.error().reason.find("ptrd-reader"), std::string::npos) << made.error().reason;
}

}  // namespace
}  // namespace ptrd::swap
