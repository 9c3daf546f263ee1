// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "control/parallel.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace ptrd::control {
namespace {

size_t usable_cpus() {
  cpu_set_t cpus;
  if (sched_getaffinity(0, sizeof cpus, &cpus) == 0) return static_cast<size_t>(CPU_COUNT(&cpus));
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

void run_on_all_cpus(size_t count, const std::function<void(size_t)>& work) {
  std::atomic<size_t> next = 0;
  const auto some = [&] {
    for (size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> helpers;
  const size_t threads = std::min(usable_cpus(), count);
  try {
    for (size_t i = 1; i < threads; ++i) helpers.emplace_back(some);
  } catch (const std::system_error&) {
    // No thread to be had: those that there are do all of it.
  }
  some();
}

}  // namespace ptrd::control
