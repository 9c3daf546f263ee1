// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/crew.hpp"

#include <sys/prctl.h>

#include <thread>

#include "port/cpus.hpp"

namespace ptrd::load {

void on_threads(size_t count, const std::vector<unsigned>& cpus, const std::function<void(size_t)>& body) {
  std::vector<std::jthread> threads;
  for (size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      if (!cpus.empty()) port::keep_to({&cpus[i % cpus.size()], 1});
      // Else its timers may be late by 50 microseconds.
      (void)::prctl(PR_SET_TIMERSLACK, 1UL);
      body(i);
    });
  }
}

}  // namespace ptrd::load
