// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/policy.hpp"

#include <gtest/gtest.h>

#include "rdns/objects/domain_name.hpp"
#include "scanning.hpp"

namespace ptrd::rdns {
namespace {

std::string inetnum(const std::string& range, const std::string& status,
                    const std::string& source = "AFRINIC") {
  return (range.find(':') == std::string::npos ? "inetnum: " : "inet6num: ") + range + "\nstatus: " + status +
         "\nsource: " + source + "\n\n";
}

/// The verdict on a domain, given the registered objects.
bool valid(const std::string& registered, std::string_view domain) {
  Inetnums inetnums;
  const TextFile file(registered);
  EXPECT_TRUE(inetnums.read(
      file.path(), [](uint64_t, const std::string& why) { ADD_FAILURE() << why; },
      [](Position, const ScanCounts&) {}));
  inetnums.build();
  return judge(inetnums, reverse_domain(domain).value().range).valid;
}

constexpr const char* k24 = "1.1.196.in-addr.arpa";

// 10.5: assigned and sub-allocated space, of end users too, may be delegated; any other status may not.
TEST(Policy, Statuses) {
  for (const char* status :
       {"ASSIGNED PI", "ASSIGNED PA", "ASSIGNED ANYCAST", "SUB-ALLOCATED PA", "assigned pa"})
    EXPECT_TRUE(valid(inetnum("196.1.0.0 - 196.1.255.255", status), k24)) << status;
  for (const char* status : {"ALLOCATED PA", "ALLOCATED UNSPECIFIED", "ALLOCATED PI", "NOT-SET"})
    EXPECT_FALSE(valid(inetnum("196.1.0.0 - 196.1.255.255", status), k24)) << status;
  EXPECT_FALSE(valid(inetnum("196.2.0.0/16", "ASSIGNED PI"), k24));
  EXPECT_FALSE(valid(inetnum("196.1.1.0 - 196.1.1.254", "ASSIGNED PI"), k24))
      << "it does not contain the whole zone";
}

// 10.5: in an allocation something must be registered within that very /24; the whole /24 need not be.
TEST(Policy, AllocationNeedsAnAssignmentInThe24) {
  const std::string allocation = inetnum("196.1.0.0 - 196.1.255.255", "ALLOCATED PA");
  EXPECT_TRUE(valid(allocation + inetnum("196.1.1.8 - 196.1.1.15", "ASSIGNED PA"), k24));
  EXPECT_TRUE(valid(allocation + inetnum("196.1.0.128 - 196.1.1.127", "ASSIGNED PA"), k24))
      << "it reaches into the /24";
  EXPECT_FALSE(valid(allocation + inetnum("196.1.2.0 - 196.1.2.255", "ASSIGNED PA"), k24)) << "another /24";
  EXPECT_FALSE(valid(allocation + inetnum("196.1.0.0 - 196.1.0.255", "ASSIGNED PA"), k24)) << "another /24";
  EXPECT_TRUE(valid(allocation + inetnum("196.1.2.0 - 196.1.2.255", "ASSIGNED PA"), "1.196.in-addr.arpa"));
  EXPECT_TRUE(
      valid(allocation + inetnum("196.1.1.8 - 196.1.1.15", "ASSIGNED PA"), "64-127.1.1.196.in-addr.arpa"));
  EXPECT_FALSE(valid(allocation + allocation, k24)) << "the same once more is not more specific";
}

// The most specific inetnum decides, not the registry's block around it.
TEST(Policy, MostSpecificCounts) {
  const std::string around = inetnum("0.0.0.0 - 255.255.255.255", "ALLOCATED UNSPECIFIED");
  EXPECT_FALSE(valid(around, k24));
  EXPECT_TRUE(valid(around + inetnum("196.1.0.0 - 196.1.3.255", "ASSIGNED PI"), k24));
  EXPECT_FALSE(
      valid(around + inetnum("196.1.0.0/16", "ASSIGNED PA") + inetnum("196.1.1.0/24", "ALLOCATED PA"), k24));
}

// IPv6 has no /24: one assignment anywhere in the allocation is sufficient.
TEST(Policy, Ip6) {
  constexpr const char* kZone = "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
  const std::string allocation = inetnum("2001:db8::/32", "ALLOCATED-BY-RIR");
  EXPECT_FALSE(valid(allocation, kZone));
  EXPECT_TRUE(valid(allocation + inetnum("2001:db8:ffff::/48", "ASSIGNED PA"), kZone));
  EXPECT_FALSE(valid(allocation + inetnum("2001:db9::/48", "ASSIGNED PA"), kZone));
}

// Statuses are each registry's own: the words of one are none at another.
TEST(Policy, StatusesBySource) {
  constexpr const char* kZone = "1.0.0.0.0.0.e.f.f.0.c.2.ip6.arpa";
  const auto v6 = [&](const char* status, const char* source) {
    return valid(inetnum("2c0f:fe00:1::/48", status, source), kZone);
  };
  EXPECT_TRUE(v6("ASSIGNED PA", "AFRINIC"));
  EXPECT_TRUE(v6("ASSIGNED PI", "AFRINIC"));
  EXPECT_FALSE(v6("ASSIGNED PA", "RIPE")) << "a status of its inetnum";
  for (const char* status :
       {"ASSIGNED", "ASSIGNED PI", "ASSIGNED ANYCAST", "ALLOCATED-BY-LIR", "AGGREGATED-BY-LIR"})
    EXPECT_TRUE(v6(status, "RIPE")) << status;
  for (const char* status : {"ASSIGNED", "ALLOCATED-BY-LIR", "AGGREGATED-BY-LIR", "ASSIGNED ANYCAST"})
    EXPECT_FALSE(v6(status, "AFRINIC")) << status;
  const auto v4 = [&](const char* status, const char* source) {
    return valid(inetnum("196.1.0.0 - 196.1.255.255", status, source), k24);
  };
  for (const char* status : {"ALLOCATED-ASSIGNED PA", "LEGACY", "AGGREGATED-BY-LIR"}) {
    EXPECT_TRUE(v4(status, "RIPE")) << status;
    EXPECT_FALSE(v4(status, "AFRINIC")) << status;
  }
  EXPECT_FALSE(v4("LIR-PARTITIONED PA", "RIPE")) << "still an allocation";
  EXPECT_TRUE(valid(
      inetnum("196.1.0.0/16", "LIR-PARTITIONED PA", "RIPE") + inetnum("196.1.1.0/29", "ASSIGNED PA", "RIPE"),
      k24));
  for (const char* status : {"ASSIGNED PORTABLE", "ASSIGNED NON-PORTABLE", "ALLOCATED NON-PORTABLE"}) {
    EXPECT_TRUE(v4(status, "APNIC") && v6(status, "APNIC")) << status;
    EXPECT_FALSE(v4(status, "RIPE") || v6(status, "AFRINIC")) << status;
  }
  EXPECT_FALSE(v4("ALLOCATED PORTABLE", "APNIC") || v6("ALLOCATED PORTABLE", "APNIC"));
}

// Of a source that is not known, the words of every registry are read.
TEST(Policy, StatusesOfOtherSources) {
  for (const char* status : {"ASSIGNED PA", "ASSIGNED PORTABLE", "LEGACY"}) {
    EXPECT_TRUE(valid(inetnum("196.1.0.0/16", status, "TEST"), k24)) << status;
    EXPECT_TRUE(valid("inetnum: 196.1.0.0/16\nstatus: " + std::string(status) + "\n\n", k24)) << status;
  }
  EXPECT_FALSE(valid(inetnum("196.1.0.0/16", "ASSIGNED", "TEST"), k24)) << "a status of inet6num only";
}

// Unreadable inetnums are reported, and do not stop the run.
TEST(Inetnums, Unread) {
  Inetnums inetnums;
  std::vector<uint64_t> lines;
  const TextFile file(
      "inetnum: 196.1.0.255 - 196.1.0.0\nstatus: x\n\ninetnum: 196.1/16\n\ninetnum: 196.1.0.0/24\n\n"
      "inetnum: 196.1.1.0/24\nstatus:\n\nperson: x\n");
  ASSERT_TRUE(inetnums.read(
      file.path(), [&](uint64_t line, const std::string&) { lines.push_back(line); },
      [](Position, const ScanCounts&) {}));
  EXPECT_EQ(lines, (std::vector<uint64_t>{1, 4, 6, 8}));
  inetnums.build();
  EXPECT_EQ(inetnums.size(), 2U);
}

}  // namespace
}  // namespace ptrd::rdns
