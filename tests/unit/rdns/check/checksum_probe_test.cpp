// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/check/checksum_probe.hpp"

#include <gtest/gtest.h>

#include "packet_builder.hpp"

using namespace ptrd;
using namespace ptrd::client;
using namespace ptrd::rdns::check;

namespace {

// The checksum is the one that an independent builder of packets writes, over IPv4 and IPv6, for odd sizes
// too.
TEST(UdpChecksum, IsTheOneOfThePacket) {
  for (const std::string name : {"a.example", "bb.example"}) {
    for (const auto& [from, to] :
         {std::pair("198.51.100.9", "192.0.2.53"), std::pair("2001:db8::9", "2001:db8::53")}) {
      const bool v4 = asio::ip::make_address(from).is_v4();
      auto packet = test::Packet();
      (v4 ? packet.ipv4(from, to) : packet.ipv6(from, to)).udp(4000, 53).query({.name = name});
      auto frame = packet.build();
      frame.erase(frame.begin(), frame.begin() + 14 + (v4 ? 20 : 40));
      const uint16_t written = wire::load16(&frame[6]);
      frame[6] = frame[7] = 0;
      EXPECT_EQ(udp_checksum(asio::ip::make_address(from), asio::ip::make_address(to), frame), written)
          << name << from;
    }
  }
}

}  // namespace
