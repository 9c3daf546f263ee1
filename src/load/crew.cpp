// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/crew.hpp"

#include <pthread.h>
#include <sys/prctl.h>

#include <thread>

namespace ptrd::load {

void keep_to(const std::vector<unsigned>& cpus) {
  if (cpus.empty()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const unsigned cpu : cpus) CPU_SET(cpu, &set);
  (void)pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

void on_threads(size_t count, const std::vector<unsigned>& cpus, const std::function<void(size_t)>& body) {
  std::vector<std::jthread> threads;
  for (size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      if (!cpus.empty()) keep_to({cpus[i % cpus.size()]});
      // Else its timers may be late by 50 microseconds.
      (void)::prctl(PR_SET_TIMERSLACK, 1UL);
      body(i);
    });
  }
}

}  // namespace ptrd::load
