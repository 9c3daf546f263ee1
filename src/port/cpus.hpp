// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <pthread.h>
#include <sched.h>

#include <span>

namespace ptrd::port {

/// From now on the calling thread, and what it starts, runs on these CPUs only; nothing changes for none.
inline void keep_to(std::span<const unsigned> cpus) {
  if (cpus.empty()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const unsigned cpu : cpus) CPU_SET(cpu, &set);
  (void)pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

}  // namespace ptrd::port
