// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/interface.hpp"

#include <gtest/gtest.h>

#include "bpf/consts.h"
#include "port/xdp/xsk.hpp"

namespace ptrd::port {
namespace {

// An address as the user writes it becomes the key that the kernel program looks up.
TEST(Address, StandsInNetworkOrder) {
  EXPECT_EQ(parse_host_address("192.0.2.1"),
            (Address{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 1}));
  EXPECT_EQ(parse_host_address("2001:db8::1"),
            (Address{0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(parse_host_address("::ffff:192.0.2.1"), parse_host_address("192.0.2.1"));
  static_assert(sizeof(Address) == sizeof(ptrd_address));
}

// An invalid address is rejected, and the message quotes it.
TEST(Address, RefusesOtherText) {
  for (const char* text :
       {"", "192.0.2", "192.0.2.1/24", "192.0.2.1:53", "2001:db8::g", "localhost", " 192.0.2.1"}) {
    const auto address = parse_host_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_NE(address.error().find(std::string("'") + text + "'"), std::string::npos) << address.error();
  }
}

// The loopback interface has a queue and both loopback addresses; a name without an interface is an error.
TEST(Interface, IsFoundByName) {
  const auto loopback = Interface::find("lo");
  ASSERT_TRUE(loopback) << loopback.error();
  EXPECT_GE(loopback->queues, 1U);
  EXPECT_TRUE(loopback->exists());
  EXPECT_TRUE(addresses_of(*loopback)->addresses.contains(*parse_host_address("127.0.0.1")));
  EXPECT_EQ(addresses_of(*loopback)->mac, frame::Mac{});

  EXPECT_FALSE(Interface::find("no-such-one"));
  EXPECT_FALSE(Interface::find(""));
  EXPECT_FALSE(Interface::find(std::string(300, 'x')));
  const Interface gone{.name = "gone", .index = 0x7FFFFFFF};
  EXPECT_FALSE(gone.exists());
  EXPECT_TRUE(addresses_of(gone)->addresses.empty());
  EXPECT_FALSE(addresses_of(gone)->mac);
}

// A query as large as the MTU fits in a umem frame, and so does the longest reply with the bytes after it
// that the engine overwrites.
TEST(UmemFrame, HoldsThePacketAndItsReply) {
  constexpr unsigned kHeadroom = 256;
  constexpr unsigned kHeaders = 18 + 40 + 8;
  for (const unsigned mtu : {68U, 1280U, 1500U, 1774U, 1775U, 3498U}) {
    const uint32_t size = umem_frame_size(mtu);
    EXPECT_TRUE(size == 2048 || size == 4096) << mtu;
    EXPECT_GE(size, kHeadroom + 18 + mtu) << mtu;
    EXPECT_GE(size, kHeadroom + kHeaders + 1232 + 64) << mtu;
    EXPECT_GE(size, kHeadroom + kHeaders + answer::kMinBuffer) << mtu;
  }
  EXPECT_EQ(umem_frame_size(1500), 2048U);
  EXPECT_EQ(umem_frame_size(1774), 2048U);
  EXPECT_EQ(umem_frame_size(1775), 4096U);
  EXPECT_EQ(umem_frame_size(9000), 4096U);
}

}  // namespace
}  // namespace ptrd::port
