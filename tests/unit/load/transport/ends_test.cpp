// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/transport/ends.hpp"

#include <gtest/gtest.h>

namespace ptrd::load {
namespace {

TEST(ParseMac, ReadsTheUsualForm) {
  EXPECT_EQ(parse_mac("02:00:5e:10:00:fF"), (Mac{0x02, 0x00, 0x5E, 0x10, 0x00, 0xFF}));
  for (const char* bad :
       {"", "02", "02:00:5e:10:00", "02:00:5e:10:00:01:02", "2:00:5e:10:00:01", "02-00-5e-10-00-01",
        "02:00:5e:10:00:0g", "02:00:5e:10:00:01 ", "-2:00:5e:10:00:01", "002:00:5e:10:00:1"})
    EXPECT_FALSE(parse_mac(bad)) << bad;
}

/// Given values are used, IPv4 in its mapped form; others stay zero, for the kernel to supply.
TEST(GivenEnds, TakesTheOptions) {
  const auto ends =
      given_ends({.server = "192.0.2.53:5300", .source = "198.51.100.9", .mac = "02:00:00:00:00:07"});
  ASSERT_TRUE(ends) << ends.error();
  EXPECT_EQ(ends->server, *port::parse_host_address("192.0.2.53"));
  EXPECT_EQ(ends->source, *port::parse_host_address("198.51.100.9"));
  EXPECT_EQ(ends->server_port, 5300);
  EXPECT_EQ(ends->next_hop[5], 7);
  const auto v6 = given_ends({.server = "[2001:db8::53]:53"});
  ASSERT_TRUE(v6) << v6.error();
  EXPECT_EQ(v6->server, *port::parse_host_address("2001:db8::53"));
  EXPECT_EQ(v6->source, port::Address{});
}

TEST(GivenEnds, TellsWhatIsWrong) {
  EXPECT_EQ(given_ends({.server = "192.0.2.53:53", .source = "2001:db8::1"}).error(),
            "--source: not in the server's address family");
  EXPECT_TRUE(given_ends({.server = "192.0.2.53:53", .source = "here"}).error().starts_with("--source: "));
  EXPECT_TRUE(given_ends({.server = "192.0.2.53:53", .mac = "here"}).error().starts_with("--mac: "));
  EXPECT_FALSE(given_ends({.server = "here"}));
}

}  // namespace
}  // namespace ptrd::load
