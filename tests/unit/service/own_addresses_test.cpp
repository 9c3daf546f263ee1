// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/own_addresses.hpp"

#include <gtest/gtest.h>

namespace ptrd::service {
namespace {

uint32_t v4(const char* text) {
  return wire::load_raw<uint32_t>(&(*port::parse_host_address(text))[12]);
}
const uint8_t* bytes(const port::Address& address) {
  return address.data();
}

class OwnAddressTest : public ::testing::Test {
 protected:
  static const frame::OwnAddresses& own(const OwnAddressKeeper& keeper) { return *keeper.slot().load(); }
  datapath::EngineSlot engine_{nullptr};
};

// No addresses given: all are ours, and none is missing.
TEST_F(OwnAddressTest, AreAllWithoutSources) {
  OwnAddressKeeper keeper({.mac = frame::Mac{2, 0, 0, 0, 0, 1}}, engine_);
  ASSERT_TRUE(keeper.refresh());
  EXPECT_EQ(&own(keeper), &frame::kEveryAddress);
  EXPECT_FALSE(keeper.none());
  EXPECT_EQ(keeper.describe(), "answers for every address");
}

// Addresses that were given are ours, and no others; so is the port's MAC.
TEST_F(OwnAddressTest, AreThoseGiven) {
  OwnAddressKeeper keeper(
      {.fixed = {*port::parse_host_address("192.0.2.53"), *port::parse_host_address("2001:db8::53")},
       .mac = frame::Mac{2, 0, 0, 0, 0, 1}},
      engine_);
  ASSERT_TRUE(keeper.refresh());
  EXPECT_TRUE(own(keeper).has4(v4("192.0.2.53")));
  EXPECT_FALSE(own(keeper).has4(v4("192.0.2.54")));
  EXPECT_TRUE(own(keeper).has6(bytes(*port::parse_host_address("2001:db8::53"))));
  EXPECT_FALSE(own(keeper).has6(bytes(*port::parse_host_address("2001:db8::54"))));
  const std::array<uint8_t, 8> ours = {2, 0, 0, 0, 0, 1, 0x77, 0x77};
  const std::array<uint8_t, 8> other = {2, 0, 0, 0, 0, 2, 0x77, 0x77};
  EXPECT_TRUE(own(keeper).has_mac(ours.data()));
  EXPECT_FALSE(own(keeper).has_mac(other.data()));
  EXPECT_EQ(own(keeper).others(), frame::Verdict::drop_not_ours);
  EXPECT_EQ(keeper.describe(), "answers for the addresses given");
}

// An interface's MAC and addresses are ours in addition to the given ones; the port's MAC is then not used.
TEST_F(OwnAddressTest, AreTheInterfaces) {
  const auto loopback = port::Interface::find("lo");
  ASSERT_TRUE(loopback) << loopback.error();
  OwnAddressKeeper keeper({.interfaces = {*loopback},
                           .fixed = {*port::parse_host_address("192.0.2.53")},
                           .mac = frame::Mac{2, 0, 0, 0, 0, 1},
                           .others = frame::Verdict::punt_not_ours},
                          engine_);
  ASSERT_TRUE(keeper.refresh());
  EXPECT_TRUE(own(keeper).has4(v4("127.0.0.1")));
  EXPECT_TRUE(own(keeper).has4(v4("192.0.2.53")));
  EXPECT_FALSE(own(keeper).has4(v4("192.0.2.54")));
  EXPECT_TRUE(own(keeper).has_mac(std::array<uint8_t, 8>{}.data()));
  EXPECT_EQ(own(keeper).others(), frame::Verdict::punt_not_ours);
  EXPECT_EQ(keeper.describe(), "answers for the addresses of lo");
  const frame::OwnAddresses* before = &own(keeper);
  ASSERT_TRUE(keeper.refresh());
  EXPECT_EQ(&own(keeper), before) << "nothing has changed";
  keeper.start();
  keeper.stop();
}

// A missing interface has no address: nothing is ours.
TEST_F(OwnAddressTest, AreNoneOfAnInterfaceThatIsGone) {
  OwnAddressKeeper keeper({.interfaces = {{.name = "gone", .index = 0x7FFFFFFF}}}, engine_);
  ASSERT_TRUE(keeper.refresh());
  EXPECT_TRUE(keeper.none());
  EXPECT_FALSE(own(keeper).has4(v4("192.0.2.53")));
}

}  // namespace
}  // namespace ptrd::service
