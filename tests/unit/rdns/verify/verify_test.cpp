// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/verify/verify.hpp"

#include <gtest/gtest.h>

#include "rdns/verify/forward_map.hpp"

using namespace ptrd;
using namespace ptrd::client;
using namespace ptrd::rdns;

namespace {

wire::Name named(const char* text) {
  return wire::Name::from_text(text).value();
}

Iprev concluded(size_t names, const std::vector<Forward>& forwards) {
  Verification verification{.names = std::vector<wire::Name>(names, named("host.example"))};
  conclude(verification, forwards);
  EXPECT_EQ(verification.reason.empty(), verification.result == Iprev::pass);
  return verification.result;
}

Forward found(const ForwardMap& map, const char* host, const char* address) {
  return map.find(named(host), wire::key_of_address(address).value());
}

}  // namespace

// RFC 8601 2.7.3: no PTR is permerror, one match is pass, an answer that is missing is temperror, the rest
// fail.
TEST(Iprev, Concludes) {
  EXPECT_EQ(concluded(0, {}), Iprev::permerror);
  EXPECT_EQ(concluded(2, {Forward::nothing, Forward::matches}), Iprev::pass);
  EXPECT_EQ(concluded(2, {Forward::unknown, Forward::matches}), Iprev::pass);
  EXPECT_EQ(concluded(2, {Forward::differs, Forward::unknown}), Iprev::temperror);
  EXPECT_EQ(concluded(1, {Forward::differs}), Iprev::fail);
  EXPECT_EQ(concluded(1, {Forward::nothing}), Iprev::fail);
  EXPECT_EQ(concluded(12, std::vector<Forward>(10, Forward::nothing)), Iprev::fail);
}

// Lines of a dump: A, AAAA and CNAME are kept, TTL and class in either order, everything else is skipped.
TEST(ForwardMap, ReadsLines) {
  ForwardMap map;
  for (const char* line : {"; a comment", "$ORIGIN example.", "", "host.example. 3600 IN A 192.0.2.1",
                           "host.example.\tIN\t60\tA\t192.0.2.2", "HOST.example. AAAA 2001:DB8::1 ; comment",
                           "alias.example. 3600 IN CNAME host.example.", "loop.example. CNAME loop.example.",
                           "example. 3600 IN SOA ns. host. 1 2 3 4 5", "x.example. TXT \"A 192.0.2.9\""})
    EXPECT_TRUE(map.add_line(line)) << line;
  EXPECT_EQ(map.addresses(), 3U);
  EXPECT_EQ(found(map, "Host.Example", "192.0.2.2"), Forward::matches);
  EXPECT_EQ(found(map, "alias.example", "2001:db8::1"), Forward::matches);
  EXPECT_EQ(found(map, "host.example", "192.0.2.3"), Forward::differs);
  EXPECT_EQ(found(map, "loop.example", "192.0.2.1"), Forward::nothing);
  EXPECT_EQ(found(map, "other.example", "192.0.2.1"), Forward::nothing);
}

// Lines that would be misread are rejected: relative names, missing owners, invalid addresses.
TEST(ForwardMap, RefusesWhatItWouldMisread) {
  ForwardMap map;
  for (const char* line : {"host A 192.0.2.1", "  3600 IN A 192.0.2.1", "host.example. A 192.0.2",
                           "host.example. A 2001:db8::1", "host.example. AAAA 192.0.2.1", "host.example. A",
                           "a.example. CNAME host", "a..example. A 192.0.2.1"})
    EXPECT_FALSE(map.add_line(line)) << line;
}
