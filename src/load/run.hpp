// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>

#include "load/crew.hpp"
#include "load/plan.hpp"
#include "load/tally.hpp"

namespace ptrd::load {

/// The result of a load.
struct Outcome {
  Tally tally;
  double start = 0;  // CLOCK_MONOTONIC, seconds: the start of the bins
};

/// The progress of a load: seconds since its start, queries and right answers so far.
struct Snapshot {
  double seconds = 0;
  uint64_t sent = 0;
  uint64_t answered = 0;
};

/// Runs a load to its end, or until `stop` (as in `Load`). `look`, if given, is called once per second from
/// another thread.
[[nodiscard]] Outcome run(const Plan& plan, Crew& crew, const QuerySet& queries, const Judge& judge,
                          const std::atomic<int>& stop,
                          const std::function<void(const Snapshot&)>& look = {});

}  // namespace ptrd::load
