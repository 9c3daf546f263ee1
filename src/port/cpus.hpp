// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <pthread.h>
#include <sched.h>

#include <span>

namespace ptrd::port {

/// Restricts the calling thread, and threads that it starts later, to these CPUs; does nothing if there are
/// none.
inline void keep_to(std::span<const unsigned> cpus) {
  if (cpus.empty()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const unsigned cpu : cpus) CPU_SET(cpu, &set);
  (void)pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

/// Restricts the calling thread, and threads that it starts later, to the other CPUs that it may use; does
/// nothing if there are none.
inline void keep_off(std::span<const unsigned> cpus) {
  cpu_set_t set;
  if (pthread_getaffinity_np(pthread_self(), sizeof set, &set) != 0) return;
  for (const unsigned cpu : cpus) {
    if (cpu < CPU_SETSIZE) CPU_CLR(cpu, &set);
  }
  if (CPU_COUNT(&set) > 0) (void)pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

}  // namespace ptrd::port
