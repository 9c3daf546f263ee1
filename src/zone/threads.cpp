// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/threads.hpp"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace ptrd::zone {

image::Executor on_threads(unsigned jobs) {
  return [jobs](size_t count, const std::function<void(size_t)>& work) {
    std::atomic<size_t> next = 0;
    const auto some = [&] {
      for (size_t i = next++; i < count; i = next++) work(i);
    };
    std::vector<std::jthread> helpers;
    try {
      for (size_t i = 1; i < std::min<size_t>(jobs, count); ++i) helpers.emplace_back(some);
    } catch (const std::system_error&) {
      // No more threads available: the existing ones do all the work.
    }
    some();
  };
}

}  // namespace ptrd::zone
