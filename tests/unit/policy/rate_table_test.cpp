// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/rate_table.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <thread>
#include <vector>

#include "policy/keyed_hash.hpp"

namespace ptrd::policy {
namespace {

constexpr uint64_t kStart = 1'000'000'000;

// At first as many as may come at once, then at the rate, however many are asked for.
TEST(RateTable, Rate) {
  RateTable table(16);
  const RateTable::Place key = table.place(0x123456789ABCDEF0);
  const auto rate = RateTable::Rate::of(100, 50);
  EXPECT_EQ(table.take(key, 1000, rate, kStart), 50U);
  EXPECT_EQ(table.take(key, 1, rate, kStart), 0U);
  EXPECT_EQ(table.take(key, 1, rate, kStart + 9'999), 0U);
  EXPECT_EQ(table.take(key, 1, rate, kStart + 10'000), 1U);
  uint64_t allowed = 0;
  for (uint64_t now = kStart + 10'000; now < kStart + 10'010'000; now += 100)
    allowed += table.take(key, 3, rate, now);
  EXPECT_EQ(allowed, 999U);
  // A key at rest may have a whole burst again.
  EXPECT_EQ(table.take(key, 1000, rate, kStart + 60'000'000), 50U);
}

// Keys are limited each by itself, also in one line.
TEST(RateTable, KeysOfOneLine) {
  RateTable table(2);
  const auto rate = RateTable::Rate::of(10, 5);
  for (uint64_t i = 1; i <= 8; ++i) EXPECT_EQ(table.take(table.place(i << 47), 9, rate, kStart), 5U) << i;
  for (uint64_t i = 1; i <= 8; ++i) EXPECT_EQ(table.take(table.place(i << 47), 9, rate, kStart), 0U) << i;
  EXPECT_EQ(table.used(kStart), 8U);
  EXPECT_EQ(table.used(kStart + 10'000'000), 0U);
}

// Networks have entries of their own, whatever the length of their prefixes: nobody is limited for another.
TEST(RateTable, Networks) {
  const RateTable table(1 << 16);
  for (const unsigned length : {18U, 24U, 32U, 48U, 56U, 64U}) {
    std::mt19937_64 random(length);
    const KeyedHash hash{.multiplier = random() | 1, .offset = random()};
    std::set<uint64_t> networks;
    while (networks.size() < 20'000) networks.insert(random() & ~uint64_t{0} << (64 - length));
    std::set<uint64_t> entries;
    for (const uint64_t network : networks) entries.insert(table.place(hash(network)).bits);
    EXPECT_GT(entries.size(), 19'990U) << length;
  }
}

// A flood stays limited however many other keys come: they take one another's places.
TEST(RateTable, HeavyAmongMany) {
  RateTable table(64);
  const auto rate = RateTable::Rate::of(100, 100);
  std::mt19937_64 random(1);
  const RateTable::Place heavy = table.place(random());
  uint64_t allowed = 0;
  uint64_t others = 0;
  for (uint64_t now = kStart; now < kStart + 5'000'000; now += 20) {
    allowed += table.take(heavy, 2, rate, now);
    for (int i = 0; i < 10; ++i) others += table.take(table.place(random()), 1, rate, now);
  }
  EXPECT_NEAR(static_cast<double>(allowed), 600, 60);
  // Nobody else is near a limit; one in thousands shares the heavy one's entry.
  EXPECT_GT(others, 2'500'000 * 0.999);
}

// The rate holds for all threads together.
TEST(RateTable, Threads) {
  RateTable table(16);
  const RateTable::Place key = table.place(0xABCDEF0123456789);
  const auto rate = RateTable::Rate::of(1000, 1000);
  std::atomic<uint64_t> now = kStart;
  std::atomic<uint64_t> allowed = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      uint64_t mine = 0;
      for (uint64_t seen = 0; (seen = now.load()) < kStart + 10'000'000;)
        mine += table.take(key, 4, rate, seen);
      allowed += mine;
    });
  }
  for (int i = 0; i < 10'000; ++i) {
    now += 1000;
    std::this_thread::sleep_for(std::chrono::microseconds(20));
  }
  threads.clear();
  EXPECT_NEAR(static_cast<double>(allowed), 11'000, 1'100);
}

}  // namespace
}  // namespace ptrd::policy
