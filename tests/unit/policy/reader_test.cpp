// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/read/reader.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "policy/read/list_file.hpp"
#include "policy/read/prefix_text.hpp"

namespace ptrd::policy {
namespace {

std::string error_of(const std::string& text) {
  const auto spec = parse_policy(text, "policy.yaml");
  return spec ? "" : spec.error();
}

// Whole prefixes are taken, everything else is refused with a reason.
TEST(PrefixText, Forms) {
  EXPECT_EQ(to_text(parse_prefix("192.0.2.0/24").value()), "192.0.2.0/24");
  EXPECT_EQ(to_text(parse_prefix("192.0.2.7").value()), "192.0.2.7/32");
  EXPECT_EQ(to_text(parse_prefix("2001:DB8::/32").value()), "2001:db8::/32");
  EXPECT_EQ(to_text(parse_prefix("0.0.0.0/0").value()), "0.0.0.0/0");
  EXPECT_EQ(parse_prefix("192.0.2.1/24").error(),
            "'192.0.2.1/24' has bits set after its length; write 192.0.2.0/24");
  EXPECT_EQ(parse_prefix("192.0.2.0/33").error(), "'192.0.2.0/33': the length must be a number from 0 to 32");
  for (const char* wrong :
       {"", "/", "192.0.2.0/", "192.0.2.0/2x", "192.0.2/24", "x", "2001:db8::/129", "1.2.3.4/-1"})
    EXPECT_FALSE(parse_prefix(wrong).has_value()) << wrong;
}

// A range is exactly covered by the fewest prefixes.
TEST(PrefixText, Ranges) {
  const auto texts = [](const char* range) {
    std::string out;
    const std::vector<Prefix> prefixes = parse_prefixes(range).value();
    for (const Prefix& prefix : prefixes) out += to_text(prefix) + " ";
    return out;
  };
  EXPECT_EQ(texts("192.0.2.5-192.0.2.9"), "192.0.2.5/32 192.0.2.6/31 192.0.2.8/31 ");
  EXPECT_EQ(texts("0.0.0.0-255.255.255.255"), "0.0.0.0/0 ");
  EXPECT_EQ(texts("255.255.255.254 - 255.255.255.255"), "255.255.255.254/31 ");
  EXPECT_EQ(texts("2001:db8::-2001:db8::ffff"), "2001:db8::/112 ");
  EXPECT_FALSE(parse_prefixes("192.0.2.9-192.0.2.5").has_value());
  EXPECT_FALSE(parse_prefixes("192.0.2.9-2001:db8::").has_value());
}

class PolicyFiles : public ::testing::Test {
 protected:
  PolicyFiles() {
    std::string name = std::filesystem::temp_directory_path() / "ptrd-policy-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~PolicyFiles() override { std::filesystem::remove_all(folder_); }
  std::string put(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  std::filesystem::path folder_;
};

// The forms in which lists are published, with comments.
TEST_F(PolicyFiles, Lists) {
  const std::string path = put("list.txt",
                               "# a list\r\n"
                               "192.0.2.0/24 ; SBL1234\n"
                               "\n"
                               "  198.51.100.7\t# one\n"
                               "create bad hash:net family inet\n"
                               "add bad 203.0.113.0/25 timeout 0\n"
                               "deny 2001:db8::/32;\n"
                               "10.0.0.0 - 10.0.0.1\n"
                               "100.64.0.0/10 two words");
  std::string found;
  ASSERT_TRUE(
      read_prefix_list(path, [&](const Prefix& prefix) { found += to_text(prefix) + " "; }).has_value());
  EXPECT_EQ(found, "192.0.2.0/24 198.51.100.7/32 203.0.113.0/25 2001:db8::/32 10.0.0.0/31 100.64.0.0/10 ");
}

// A wrong line is named; binary data, long lines and other files are refused.
TEST_F(PolicyFiles, WrongLists) {
  const auto error = [&](const std::string& text) {
    const auto ok = read_prefix_list(put("list.txt", text), [](const Prefix&) {});
    return ok ? std::string() : ok.error().substr(folder_.string().size() + 1);
  };
  EXPECT_EQ(error("192.0.2.0/24\n\n192.0.2.1/24\n"),
            "list.txt:3: '192.0.2.1/24' has bits set after its length; write 192.0.2.0/24");
  EXPECT_EQ(error(std::string(5000, '1')), "list.txt:1: the line is longer than 4096 characters");
  EXPECT_EQ(error("\x7F"
                  "ELF\n"),
            "list.txt:1: '\\127ELF' is not a prefix such as 192.0.2.0/24 or 2001:db8::/32");
  EXPECT_EQ(error(""), "");
  const auto folder = read_prefix_list(folder_, [](const Prefix&) {});
  EXPECT_EQ(folder.error(), folder_.string() + ": not a regular file");
}

// A list of a gigabyte is refused before it is read, one that is written meanwhile when it has been read.
TEST_F(PolicyFiles, GrowingLists) {
  const std::string large = put("large.txt", "192.0.2.0/24\n");
  std::filesystem::resize_file(large, 1ULL << 30);
  size_t lines = 0;
  const auto count = [&](std::string_view) {
    ++lines;
    return std::string();
  };
  EXPECT_EQ(read_list(large, count).error(), large + ": larger than 512 MiB; this is not a list");
  EXPECT_EQ(lines, 0U);
  const std::string growing = put("growing.txt", "192.0.2.0/24\n");
  const auto append = [&](std::string_view) {
    if (++lines < 10) std::ofstream(growing, std::ios::app) << "192.0.2.0/24\n";
    return std::string();
  };
  EXPECT_EQ(read_list(growing, append).error(),
            growing + ": changed while it was read; write lists to a new file and rename it");
}

// A whole file: what it says arrives, numbered in its order.
TEST_F(PolicyFiles, Whole) {
  put("bad.txt", "203.0.113.0/24\n2001:db8:bad::/48\n");
  put("secrets", "e5e973e5a6b2a43f48e7dc849e37bfcf\n");
  const auto spec = read_policy(put("policy.yaml", R"(
rate-limit: {responses-per-second: 100, ipv4-prefix: 24, ipv6-prefix: 56, slip: 3, allow: [192.0.2.0/24],
             wider: [{ipv6-prefix: 32, responses-per-second: 5000}]}
enumeration: {denials-per-second: 5}
clients:
  - {prefix: 198.51.100.0/24, action: drop}
  - {list: bad.txt, action: refuse}
queries:
  - {prefix: '2001:db8::/32', action: rate, responses-per-second: 1000}
names:
  - {id: scanners, match: '^[a-z]{12}\.', action: refuse}
  - {suffix: Example.COM., action: drop, applies-to: all}
cookies: {secret-file: secrets}
)"));
  ASSERT_TRUE(spec.has_value()) << spec.error();
  ASSERT_EQ(spec->rules.size(), 5U);
  EXPECT_EQ(spec->rules[1].action, Action::refuse);
  EXPECT_EQ(spec->rules[1].name, "bad.txt");
  EXPECT_EQ(spec->rules[2].per_second, 1000U);
  EXPECT_EQ(spec->rules[3].name, "scanners");
  EXPECT_EQ(spec->clients[0].size(), 2U);
  EXPECT_EQ(spec->clients[1].size(), 1U);
  EXPECT_EQ(spec->asked[1].size(), 1U);
  EXPECT_EQ(spec->names[1].regex, "(?:^|\\.)example\\.com$");
  EXPECT_TRUE(spec->names[1].all_names);
  EXPECT_EQ(spec->limits->slip, 3U);
  EXPECT_EQ(spec->limits->ipv6.size(), 2U);
  EXPECT_EQ(spec->limits->denials, 5U);
  EXPECT_EQ(spec->unlimited[0].size(), 1U);
  EXPECT_EQ(spec->cookies->secrets.size(), 1U);
  EXPECT_TRUE(Policy::make(*spec, 1).has_value());
}

// Nothing, and an empty map of keys, are policies without rules.
TEST(PolicyReader, Empty) {
  EXPECT_EQ(error_of(""), "");
  EXPECT_EQ(error_of("clients: []"), "");
}

// Each fault is told with its place.
TEST(PolicyReader, Faults) {
  EXPECT_EQ(error_of("clents: []"),
            "policy.yaml:1:1: policy: unknown key 'clents'; known: rate-limit, enumeration, clients, "
            "queries, names, cookies");
  EXPECT_EQ(error_of("clients: {}"), "policy.yaml:1:10: clients: expected a list of rules");
  EXPECT_EQ(
      error_of("clients:\n  - {prefix: 192.0.2.1/24, action: drop}"),
      "policy.yaml:2:14: clients: prefix: '192.0.2.1/24' has bits set after its length; write 192.0.2.0/24");
  EXPECT_EQ(error_of("clients:\n  - {prefix: 192.0.2.0/24, action: stop}"),
            "policy.yaml:2:36: clients: unknown action 'stop'; known: answer, drop, refuse, truncate, "
            "nxdomain, nodata, rate, "
            "uniform, count, log");
  EXPECT_EQ(
      error_of(
          "clients:\n  - {prefix: 192.0.2.0/24, action: drop}\n  - {prefix: 192.0.2.0/24, action: refuse}"),
      "policy.yaml:3:14: clients: duplicate prefix 192.0.2.0/24, as in policy.yaml:2; remove one");
  EXPECT_EQ(error_of("clients:\n  - {action: drop}"),
            "policy.yaml:2:5: clients: each rule needs a prefix or a list");
  EXPECT_EQ(error_of("queries:\n  - {prefix: 10.0.0.0/8, action: rate}"),
            "policy.yaml:2:5: queries: responses-per-second belongs to the action rate, and only to it");
  EXPECT_EQ(error_of("names:\n  - {match: a, literal: b, action: drop}"),
            "policy.yaml:2:5: names: each rule needs one of match, literal, suffix and their lists");
  EXPECT_EQ(error_of("rate-limit: {slip: 1001}"),
            "policy.yaml:1:20: rate-limit: slip: expected a whole number from 0 to 1000, found '1001'");
  EXPECT_EQ(error_of("rate-limit: {log-only: yes}"),
            "policy.yaml:1:24: rate-limit: log-only: expected true or false, found 'yes'");
  EXPECT_EQ(error_of("cookies: {secret-file: /nonexistent}"), "/nonexistent: No such file or directory");
  EXPECT_EQ(error_of("clients: [unclosed"), "policy.yaml:1:1: invalid YAML: end of sequence flow not found");
  EXPECT_EQ(error_of(",01:d::/15b"), "policy.yaml:1:1: policy: expected keys");
  EXPECT_EQ(error_of("a: 1\n---\nb: 1"), "policy.yaml:2:1: a second YAML document; only one is allowed");
}

// Hyperscan's refusal names the rule and the expression.
TEST(PolicyReader, Expression) {
  const auto spec =
      parse_policy("names:\n  - {match: a, action: drop}\n  - {match: '(b', action: drop}", "policy.yaml");
  ASSERT_TRUE(spec.has_value()) << spec.error();
  const auto policy = Policy::make(*spec, 1);
  ASSERT_FALSE(policy.has_value());
  EXPECT_TRUE(policy.error().starts_with("policy.yaml:3: expression '(b' cannot be compiled: "))
      << policy.error();
}

}  // namespace
}  // namespace ptrd::policy
