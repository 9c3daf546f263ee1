// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/special_purpose.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ptrd::rdns {
namespace {

/// The table's entry for an address; empty: it is ordinary.
std::string what(const char* text) {
  const Range one = prefix_of_text(text).value().range();
  const SpecialPurpose* found = special_purpose(one.family, one.first);
  return found == nullptr ? "" : std::string(found->what);
}

// Both ends of prefixes, and their neighbours.
TEST(SpecialPurpose, Addresses) {
  const std::pair<const char*, const char*> expected[] = {
      {"0.0.0.0", "unspecified"},
      {"0.0.0.1", "this network"},
      {"9.255.255.255", ""},
      {"10.0.0.0", "private"},
      {"10.255.255.255", "private"},
      {"11.0.0.0", ""},
      {"100.127.255.255", "shared"},
      {"100.128.0.0", ""},
      {"127.0.0.1", "loopback"},
      {"127.255.255.255", "loopback"},
      {"128.0.0.0", ""},
      {"169.254.169.254", "link-local"},
      {"172.15.255.255", ""},
      {"172.31.255.255", "private"},
      {"172.32.0.0", ""},
      {"192.0.0.255", "IETF protocol assignments"},
      {"192.0.1.0", ""},
      {"192.31.196.1", ""},  // AS112
      {"192.88.99.1", "6to4 relay"},
      {"192.175.48.1", ""},  // AS112
      {"198.17.255.255", ""},
      {"198.19.255.255", "benchmarking"},
      {"203.0.113.7", "documentation"},
      {"223.255.255.255", ""},
      {"224.0.0.0", "multicast"},
      {"239.255.255.255", "multicast"},
      {"240.0.0.0", "reserved"},
      {"255.255.255.255", "broadcast"},
      {"::", "unspecified"},
      {"::1", "loopback"},
      {"::2", "IPv4-compatible"},
      {"::ffff:127.0.0.1", "IPv4-mapped"},
      {"64:ff9b::7f00:1", "IPv4-IPv6 translation"},
      {"2001:4:112::1", ""},  // AS112
      {"2001:1::1", "IETF protocol assignments"},
      {"2001:0:ffff::1", "Teredo"},
      {"2001:200::1", ""},
      {"2001:500:2::c", ""},
      {"2001:db8:ffff::", "documentation"},
      {"2001:db9::", ""},
      {"2002:7f00:1::1", "6to4"},
      {"2620:4f:8000::1", ""},
      {"fc00::1", "unique local"},
      {"fdff:ffff::1", "unique local"},
      {"fe80::1", "link-local"},
      {"fec0::1", "site-local"},
      {"ff02::1", "multicast"},
  };
  for (const auto& [address, text] : expected) EXPECT_EQ(what(address), text) << address;
}

}  // namespace
}  // namespace ptrd::rdns
