// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <thread>

#include "port/backoff.hpp"
#include "port/dpdk/frame_ring.hpp"
#include "port/tap_interface.hpp"

namespace ptrd::port {
namespace {

/// Represents a frame; the ring does not look at it. Never freed: every test removes what it inserted.
rte_mbuf* frame(uintptr_t number) {
  return reinterpret_cast<rte_mbuf*>(number * 64);
}

// A ring has exactly the capacity it was created with, and accepts from the front what fits.
TEST(FrameRing, TakesWhatFits) {
  FrameRing ring(5);
  EXPECT_TRUE(ring.empty());
  EXPECT_EQ(ring.room(), 5U);
  const std::array<rte_mbuf*, 3> in = {frame(1), frame(2), frame(3)};
  EXPECT_EQ(ring.push(in), 3U);
  EXPECT_EQ(ring.push(in), 2U);
  EXPECT_EQ(ring.push(in), 0U);
  EXPECT_FALSE(ring.empty());
  EXPECT_EQ(ring.room(), 0U);
  std::array<rte_mbuf*, 8> out{};
  EXPECT_EQ(ring.pop(out), 5U);
  EXPECT_EQ(out,
            (std::array{frame(1), frame(2), frame(3), frame(1), frame(2), frame(0), frame(0), frame(0)}));
  EXPECT_EQ(ring.pop(out), 0U);
}

// For any sequence of insertions and removals no frame is lost, duplicated or reordered.
RC_GTEST_PROP(FrameRing, KeepsOrder, (const std::vector<uint8_t>& steps)) {
  constexpr size_t kSize = 31;
  FrameRing ring(kSize);
  std::deque<rte_mbuf*> model;
  uintptr_t next = 1;
  for (const uint8_t step : steps) {
    const size_t count = step % 40;
    std::vector<rte_mbuf*> frames(count);
    if (step >= 128) {
      for (size_t i = 0; i < count; ++i) frames[i] = frame(next + i);
      const size_t taken = ring.push(frames);
      RC_ASSERT(taken == std::min(count, kSize - model.size()));
      model.insert(model.end(), frames.begin(), frames.begin() + static_cast<ptrdiff_t>(taken));
      next += taken;
    } else {
      const size_t taken = ring.pop(frames);
      RC_ASSERT(taken == std::min(count, model.size()));
      RC_ASSERT(std::equal(frames.begin(), frames.begin() + static_cast<ptrdiff_t>(taken), model.begin()));
      model.erase(model.begin(), model.begin() + static_cast<ptrdiff_t>(taken));
    }
    RC_ASSERT(ring.empty() == model.empty());
  }
  std::array<rte_mbuf*, kSize> rest;
  ring.pop(rest);
}

// Two threads, one at each end: one receives everything that the other inserted, in order.
TEST(FrameRing, TwoThreads) {
  constexpr uintptr_t kFrames = 200000;
  FrameRing ring(64);
  std::thread producer([&] {
    for (uintptr_t next = 1; next <= kFrames;) {
      const std::array<rte_mbuf*, 1> one = {frame(next)};
      if (ring.push(one) == 1) {
        ++next;
      } else {
        std::this_thread::yield();
      }
    }
  });
  bool in_order = true;
  for (uintptr_t expected = 1; expected <= kFrames;) {
    std::array<rte_mbuf*, 32> out;
    const size_t count = ring.pop(out);
    for (size_t i = 0; i < count; ++i) in_order = in_order && out[i] == frame(expected++);
    if (count == 0) std::this_thread::yield();
  }
  producer.join();
  EXPECT_TRUE(in_order);
  EXPECT_TRUE(ring.empty());
}

// Sleeps grow from the shortest to the longest and stay there until there is work again.
TEST(Backoff, GrowsToTheLongest) {
  Backoff backoff;
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(backoff.next(), Backoff::kShortest);
    auto last = Backoff::kShortest;
    for (int i = 0; i < 20; ++i) {
      const auto next = backoff.next();
      EXPECT_EQ(next, std::min(2 * last, Backoff::kLongest));
      last = next;
    }
    EXPECT_EQ(last, Backoff::kLongest);
    backoff.reset();
  }
}

// Addresses of both families with and without the length of the prefix.
TEST(InterfaceAddress, Good) {
  const auto v4 = parse_interface_address("192.0.2.1/24");
  ASSERT_TRUE(v4);
  EXPECT_FALSE(v4->ipv6);
  EXPECT_EQ(v4->prefix, 24);
  EXPECT_EQ(v4->bytes, (std::array<uint8_t, 16>{192, 0, 2, 1}));
  const auto v6 = parse_interface_address("2001:db8::1/64");
  ASSERT_TRUE(v6);
  EXPECT_TRUE(v6->ipv6);
  EXPECT_EQ(v6->prefix, 64);
  EXPECT_EQ(v6->bytes, (std::array<uint8_t, 16>{0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(parse_interface_address("192.0.2.1")->prefix, 32);
  EXPECT_EQ(parse_interface_address("2001:db8::1")->prefix, 128);
}

// Invalid text is rejected, with an error that quotes it.
TEST(InterfaceAddress, Bad) {
  for (const char* text : {"", "/", "192.0.2.1/", "192.0.2.1/0", "192.0.2.1/33", "192.0.2.1/2x", "192.0.2/24",
                           "2001:db8::1/129", "2001:db8::1/-1", "::1::/64", "example.com/24", " 192.0.2.1/24",
                           "192.0.2.1/24/24", "192.0.2.1/+24", "[2001:db8::1]/64"}) {
    const auto address = parse_interface_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_NE(address.error().find("'" + std::string(text) + "'"), std::string::npos);
  }
}

// Names that the kernel would refuse or read as a pattern.
TEST(InterfaceName, Check) {
  for (const char* name : {"ptrd0", "a", "fifteen-letters", "x.7"}) EXPECT_TRUE(check_interface_name(name));
  for (const char* name : {"", ".", "..", "a/b", "a:b", "tap%d", "a b", "sixteen-letters-", "a\n"})
    EXPECT_FALSE(check_interface_name(name)) << name;
}

}  // namespace
}  // namespace ptrd::port
