// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/parallel.hpp"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <system_error>
#include <thread>
#include <vector>

namespace ptrd::swap {
namespace {

size_t usable_cpus() {
  cpu_set_t cpus;
  if (sched_getaffinity(0, sizeof cpus, &cpus) == 0) return static_cast<size_t>(CPU_COUNT(&cpus));
  return std::max(1U, std::thread::hardware_concurrency());
}

/// Of the calling thread: time spent waiting for a disk or a CPU is not work.
std::chrono::nanoseconds cpu_time() {
  timespec time{};
  (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

void run_on_all_cpus(size_t count, const std::function<void(size_t)>& work) {
  // Neighbours go to one thread: in an image that is being read they share huge pages, which are cleared at
  // first use.
  constexpr size_t kAtOnce = 8;
  std::atomic<size_t> next = 0;
  const auto some = [&] {
    for (size_t first = next.fetch_add(kAtOnce); first < count; first = next.fetch_add(kAtOnce)) {
      for (size_t i = first; i < std::min(first + kAtOnce, count); ++i) work(i);
    }
  };
  std::vector<std::jthread> helpers;
  const size_t threads = std::min(usable_cpus(), (count + kAtOnce - 1) / kAtOnce);
  try {
    for (size_t i = 1; i < threads; ++i) helpers.emplace_back(some);
  } catch (const std::system_error&) {
    // No more threads available: the existing ones do all the work.
  }
  some();
}

void run_with_rests(size_t count, const std::function<void(size_t)>& work) {
  constexpr auto kEnough = std::chrono::microseconds(100);
  auto began = cpu_time();
  for (size_t i = 0; i < count; ++i) {
    work(i);
    const auto worked = cpu_time() - began;
    if (worked < kEnough) continue;
    std::this_thread::sleep_for(worked);
    began = cpu_time();
  }
}

}  // namespace ptrd::swap
