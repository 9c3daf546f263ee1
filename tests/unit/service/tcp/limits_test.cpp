// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/tcp/limits.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <vector>

#include "service/tcp/ages.hpp"
#include "service/tcp/framing.hpp"

namespace ptrd::service {
namespace {

using std::chrono::seconds;

// An IPv4 address counts with its /24, an IPv6 address with its /56, and no prefix of one is one of the
// other.
TEST(ClientPrefixTest, Networks) {
  using V4 = std::array<uint8_t, 4>;
  using V6 = std::array<uint8_t, 16>;
  EXPECT_EQ(prefix_of(V4{192, 0, 2, 1}), prefix_of(V4{192, 0, 2, 255}));
  EXPECT_NE(prefix_of(V4{192, 0, 2, 1}), prefix_of(V4{192, 0, 3, 1}));
  const V6 base{0x20, 0x01, 0x0D, 0xB8, 0, 0, 0x12, 0x34};
  V6 same = base;
  same[7] = 0xFF;
  same[15] = 1;
  V6 other = base;
  other[6] = 0x13;
  EXPECT_EQ(prefix_of(base), prefix_of(same));
  EXPECT_NE(prefix_of(base), prefix_of(other));
  V6 zeros_and_v4{};
  zeros_and_v4[4] = 192;
  zeros_and_v4[6] = 2;
  EXPECT_NE(prefix_of(zeros_and_v4), prefix_of(V4{192, 0, 2, 1}));
}

// Each prefix has its own share; what is given back can be taken again, and a prefix without connections
// costs nothing.
TEST(PrefixCountsTest, Share) {
  PrefixCounts counts(2);
  EXPECT_TRUE(counts.add(1));
  EXPECT_TRUE(counts.add(1));
  EXPECT_FALSE(counts.add(1));
  EXPECT_TRUE(counts.add(2));
  counts.remove(1);
  EXPECT_TRUE(counts.add(1));
  counts.remove(1);
  counts.remove(1);
  counts.remove(2);
  EXPECT_EQ(counts.prefixes(), 0U);
}

// Small buffers are free, larger ones are charged in full; one that exceeds the budget changes nothing.
TEST(MemoryChargeTest, Budget) {
  MemoryBudget budget(10000);
  {
    MemoryCharge a(budget);
    MemoryCharge b(budget);
    EXPECT_TRUE(a.set(MemoryCharge::kFree));
    EXPECT_EQ(budget.left(), 10000U);
    EXPECT_TRUE(a.set(6000));
    EXPECT_FALSE(b.set(4001));
    EXPECT_EQ(budget.left(), 4000U);
    EXPECT_TRUE(b.set(4000));
    EXPECT_FALSE(a.set(6001));
    EXPECT_TRUE(a.set(5000));
    EXPECT_TRUE(b.set(0));
    EXPECT_EQ(budget.left(), 5000U);
  }
  EXPECT_EQ(budget.left(), 10000U);
}

struct Thing {
  int name = 0;
  AgeList<Thing>::Hook hook{*this};
};

// The first in a list is the one that entered it first, also after others moved, left or ended.
TEST(AgeListTest, Order) {
  const AgeList<Thing>::Time start{};
  AgeList<Thing> idle;
  AgeList<Thing> busy;
  EXPECT_EQ(idle.first(), nullptr);
  Thing one{1};
  Thing two{2};
  {
    Thing three{3};
    idle.enter(three.hook, start);
    idle.enter(one.hook, start + seconds(1));
    EXPECT_EQ(idle.first(), &three);
  }
  idle.enter(two.hook, start + seconds(2));
  EXPECT_EQ(idle.first(), &one);
  idle.enter(one.hook, start + seconds(3));
  EXPECT_EQ(idle.first(), &two);
  busy.enter(two.hook, start + seconds(4));
  EXPECT_EQ(idle.first(), &one);
  EXPECT_EQ(busy.first(), &two);
  EXPECT_EQ(idle.first_since(start + seconds(2)), nullptr);
  EXPECT_EQ(idle.first_since(start + seconds(3)), &one);
  one.hook.leave();
  EXPECT_EQ(idle.first(), nullptr);
}

// A stream gives back the messages that were put in, wherever it is cut; and what is missing is never beyond
// the message's end.
RC_GTEST_PROP(TcpFramingTest, AnyCuts, (const std::vector<std::vector<uint8_t>>& messages)) {
  std::vector<uint8_t> stream;
  for (const auto& message : messages) {
    stream.push_back(static_cast<uint8_t>(message.size() >> 8));
    stream.push_back(static_cast<uint8_t>(message.size()));
    stream.insert(stream.end(), message.begin(), message.end());
  }
  std::vector<uint8_t> held;
  size_t at = 0;
  for (const auto& message : messages) {
    std::optional<wire::Bytes> found = first_message(held);
    while (!found) {
      const size_t lacks = missing(held);
      RC_ASSERT(lacks > 0U && lacks <= stream.size() - at);
      const auto take = *rc::gen::inRange<size_t>(1, lacks + 1);
      held.insert(held.end(), stream.begin() + static_cast<ptrdiff_t>(at),
                  stream.begin() + static_cast<ptrdiff_t>(at + take));
      at += take;
      found = first_message(held);
    }
    RC_ASSERT(std::vector<uint8_t>(found->begin(), found->end()) == message);
    held.clear();
  }
  RC_ASSERT(at == stream.size());
}

// The two octets are one number, the upper first: a message of 65,535 octets is one message.
TEST(TcpFramingTest, Largest) {
  std::vector<uint8_t> stream(2 + kMaxMessage, 0xFF);
  EXPECT_EQ(first_message(wire::Bytes(stream).first(2 + kMaxMessage - 1)), std::nullopt);
  EXPECT_EQ(missing(wire::Bytes(stream).first(2)), kMaxMessage);
  EXPECT_EQ(first_message(stream)->size(), kMaxMessage);
}

}  // namespace
}  // namespace ptrd::service
