// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/dpdk/turns.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace ptrd::port {
namespace {

/// A port whose driver never changes anything under its poller has no turns to wait for.
TEST(Turns, NoneMeansAlways) {
  Turns::Poller poller;
  EXPECT_TRUE(poller.take());
  EXPECT_TRUE(poller.taken());
}

/// A closed port is left at the next poll, not before, and taken again once it is open.
TEST(Turns, LeavesAtTheNextPoll) {
  Turns turns(1);
  Turns::Poller poller(turns, 0);
  EXPECT_TRUE(turns.empty()) << "who has not polled yet is not in";
  EXPECT_FALSE(poller.taken());
  EXPECT_TRUE(poller.take());
  turns.close();
  EXPECT_FALSE(turns.empty());
  EXPECT_TRUE(poller.taken()) << "what the last poll gave is still to be sent";
  EXPECT_FALSE(poller.take());
  EXPECT_TRUE(turns.empty());
  EXPECT_FALSE(poller.taken());
  EXPECT_FALSE(poller.take());
  turns.open();
  EXPECT_TRUE(poller.take());
  EXPECT_FALSE(turns.empty());
}

/// A thread that arrives at a closed port for the first time stays out.
TEST(Turns, StaysOut) {
  Turns turns(1);
  Turns::Poller poller(turns, 0);
  turns.close();
  EXPECT_FALSE(poller.take());
  EXPECT_TRUE(turns.empty());
}

/// Two threads poll what a third removes and restores, a thousand times: neither ever finds it missing.
TEST(Turns, NobodyFindsItGone) {
  Turns turns(2);
  std::atomic<bool> over = false, there = true;
  std::atomic<uint64_t> polls = 0, gone = 0;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      Turns::Poller poller(turns, i);
      while (!over) {
        if (poller.take()) {
          gone += there.load(std::memory_order_relaxed) ? 0 : 1;
          polls.fetch_add(1, std::memory_order_relaxed);
        } else {
          std::this_thread::yield();
        }
      }
    });
  }
  for (int i = 0; i < 1'000; ++i) {
    turns.close();
    while (!turns.empty()) std::this_thread::yield();
    there.store(false, std::memory_order_relaxed);
    there.store(true, std::memory_order_relaxed);
    turns.open();
    for (const uint64_t before = polls; polls == before;) std::this_thread::yield();
  }
  over = true;
  threads.clear();
  EXPECT_EQ(gone, 0U);
}

}  // namespace
}  // namespace ptrd::port
