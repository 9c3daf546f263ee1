// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/hints.hpp"

#include <gtest/gtest.h>

namespace ptrd::rdns {
namespace {

// An address, a prefix or a range is not the name of a zone, but has one.
TEST(Hints, ForZone) {
  const auto v4 = hint_for_zone("192.0.2.1").value();
  EXPECT_EQ(v4.what, "192.0.2.1 is an address; its zone is usually that of its /24, 2.0.192.in-addr.arpa");
  EXPECT_EQ(v4.value, "2.0.192.in-addr.arpa");
  EXPECT_EQ(hint_for_zone("192.0.2.1.").value().value, "2.0.192.in-addr.arpa") << "with a name's dot";
  EXPECT_EQ(hint_for_zone("2001:db8:1::53").value().value, "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
  EXPECT_EQ(hint_for_zone("192.0.2.0/24").value().what,
            "192.0.2.0/24 is a prefix; its zone is 2.0.192.in-addr.arpa");
  EXPECT_EQ(hint_for_zone("192.0.2.0 - 192.0.3.255").value().what,
            "192.0.2.0 - 192.0.3.255 is a range of 2 zones, which `rdns zones` lists; the first is "
            "2.0.192.in-addr.arpa");
  EXPECT_EQ(hint_for_zone("192.0.2.64-192.0.2.70").value().value, "64-70.2.0.192.in-addr.arpa");
  for (const char* name : {"2.0.192.in-addr.arpa", "1.2.0.192.in-addr.arpa", "example.net",
                           "0/26.2.0.192.in-addr.arpa", "192.0.2", "192.0.2.1/24", "a-b.example", "", "."})
    EXPECT_FALSE(hint_for_zone(name)) << name;
}

// A reverse name, a prefix or a range is not an address.
TEST(Hints, ForAddress) {
  const auto name = hint_for_address("1.2.0.192.in-addr.arpa").value();
  EXPECT_EQ(name.what, "1.2.0.192.in-addr.arpa is the reverse name of 192.0.2.1");
  EXPECT_EQ(name.value, "192.0.2.1");
  EXPECT_EQ(hint_for_address("2.0.192.in-addr.arpa.").value().what,
            "2.0.192.in-addr.arpa. is a zone, of the addresses 192.0.2.0/24");
  EXPECT_EQ(hint_for_address("192.0.2.0/24").value().what, "192.0.2.0/24 is a prefix, not a single address");
  EXPECT_EQ(hint_for_address("192.0.2.0-192.0.2.9").value().value, "192.0.2.0");
  for (const char* other : {"example.net", "1.2.3", "x.in-addr.arpa", "", "192.0.2.1/24"})
    EXPECT_FALSE(hint_for_address(other)) << other;
}

}  // namespace
}  // namespace ptrd::rdns
