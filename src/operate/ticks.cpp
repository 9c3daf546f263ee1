// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/ticks.hpp"

#include <rte_cycles.h>

#include <chrono>
#include <thread>

namespace ptrd::operate {

namespace {

double measure() {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const uint64_t ticks = rte_rdtsc();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const std::chrono::duration<double> took = Clock::now() - start;
  return static_cast<double>(rte_rdtsc() - ticks) / took.count();
}

}  // namespace

double ticks_per_second() {
  static const double kTicks = measure();
  return kTicks;
}

}  // namespace ptrd::operate
