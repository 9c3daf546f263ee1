// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <rte_cycles.h>

#include <cstdint>

namespace ptrd::load {

/// The cost of the generator's own stations, in cycles of the time stamp counter. Empty polls are excluded.
struct Costs {
  uint64_t send = 0;     // building queries and handing them to the transport
  uint64_t receive = 0;  // receiving replies and checking their frames
  uint64_t match = 0;    // finding the query of each, counting it, settling the query
  uint64_t check = 0;    // comparing each with the expected reply
  uint64_t queries = 0;  // sent
  uint64_t replies = 0;  // that passed the last three

  void add(const Costs& other) {
    send += other.send;
    receive += other.receive;
    match += other.match;
    check += other.check;
    queries += other.queries;
    replies += other.replies;
  }
};

/// Reads the counter between stations.
class Laps {
 public:
  Laps() : last_(rte_rdtsc()) {}
  /// Cycles since the previous lap, or the start.
  uint64_t lap() {
    const uint64_t before = last_;
    last_ = rte_rdtsc();
    return last_ - before;
  }

 private:
  uint64_t last_;
};

}  // namespace ptrd::load
