// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/port_advice.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace ptrd::service {
namespace {

using port::Link;
using std::chrono::hours;
using std::chrono::seconds;

// An interface that is down is reported at once, with the command, and once; then when it is up again.
TEST(PortAdviceTest, Down) {
  PortAdvice advice("net_af_xdp0,iface=eth1", "eth1");
  const auto now = PortAdvice::Clock::now();
  EXPECT_FALSE(advice.link(Link::up, now));
  EXPECT_EQ(advice.link(Link::down, now),
            "net_af_xdp0,iface=eth1: the interface is down, and no query arrives; bring it up: ip link set "
            "eth1 up");
  EXPECT_FALSE(advice.link(Link::down, now + hours(3)));
  EXPECT_EQ(advice.link(Link::up, now + hours(3)), "net_af_xdp0,iface=eth1: the link is up");
  EXPECT_FALSE(advice.link(Link::up, now + hours(4)));
  EXPECT_TRUE(advice.link(Link::down, now + hours(5)));
}

// A link without a carrier is reported only when it lasts longer than a negotiation.
TEST(PortAdviceTest, NoCarrier) {
  PortAdvice advice("eth1", "eth1");
  const auto now = PortAdvice::Clock::now();
  EXPECT_FALSE(advice.link(Link::no_carrier, now));
  EXPECT_FALSE(advice.link(Link::no_carrier, now + seconds(4)));
  EXPECT_FALSE(advice.link(Link::up, now + seconds(4)));
  EXPECT_FALSE(advice.link(Link::no_carrier, now + seconds(6)));
  const auto line = advice.link(Link::no_carrier, now + seconds(11));
  ASSERT_TRUE(line);
  EXPECT_NE(line->find("no carrier"), std::string::npos);
  EXPECT_FALSE(advice.link(Link::no_carrier, now + seconds(20)));
  EXPECT_TRUE(advice.link(Link::down, now + seconds(21)));
  EXPECT_EQ(advice.link(Link::up, now + seconds(30)), "eth1: the link is up");
}

// Queries whose checksums were left to hardware are reported with the remedy when the first one is dropped,
// and once an hour while more are.
TEST(PortAdviceTest, PartialChecksums) {
  PortAdvice advice("v0", "v0");
  const auto now = PortAdvice::Clock::now();
  EXPECT_FALSE(advice.partial_checksums(0, now));
  const auto first = advice.partial_checksums(3, now);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->starts_with("v0: 3 queries were dropped (udp_partial): ")) << *first;
  EXPECT_NE(first->find("ethtool -K INTERFACE tx off"), std::string::npos) << *first;
  EXPECT_FALSE(advice.partial_checksums(50, now + seconds(10)));
  EXPECT_TRUE(advice.partial_checksums(90, now + hours(1)).value_or("").starts_with("v0: 87 queries"));
  EXPECT_FALSE(advice.partial_checksums(90, now + hours(5)));
}

}  // namespace
}  // namespace ptrd::service
