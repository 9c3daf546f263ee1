// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/parallel.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace ptrd::swap {
namespace {

using Clock = std::chrono::steady_clock;

Clock::duration spent_by_this_thread() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

// Every piece is done exactly once, for any number of pieces.
TEST(Parallel, AllPiecesOnce) {
  for (const size_t count : std::vector<size_t>{0, 1, 7, 8, 9, 1000}) {
    std::vector<std::atomic<int>> times(count);
    run_on_all_cpus(count, [&](size_t i) { ++times[i]; });
    for (size_t i = 0; i < count; ++i) EXPECT_EQ(times[i], 1) << i << " of " << count;
  }
}

// All pieces in order in the caller's thread, which is away from its CPU about half the time.
TEST(Parallel, RestsBetweenPieces) {
  std::vector<size_t> done;
  const auto caller = std::this_thread::get_id();
  const auto began = Clock::now();
  const auto spent = spent_by_this_thread();
  run_with_rests(200, [&](size_t i) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    done.push_back(i);
    const auto until = Clock::now() + std::chrono::microseconds(200);
    while (Clock::now() < until) {
    }
  });
  ASSERT_EQ(done.size(), 200U);
  for (size_t i = 0; i < done.size(); ++i) EXPECT_EQ(done[i], i);
  const auto took = Clock::now() - began;
  EXPECT_GT(took, std::chrono::milliseconds(2 * 40 - 1));
  EXPECT_LT(spent_by_this_thread() - spent, took * 3 / 4);
}

}  // namespace
}  // namespace ptrd::swap
