// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <ctime>

namespace ptrd::test {

/// Seconds of the calling thread's CPU time that `work` took, the minimum of five runs.
template <typename Work>
double least_processor_time(const Work& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  double least = 1e9;
  for (int i = 0; i < 5; ++i) {
    const double start = now();
    work();
    least = std::min(least, now() - start);
  }
  return least;
}

}  // namespace ptrd::test
