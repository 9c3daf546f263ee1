// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <rte_cycles.h>

#include <cstdint>

namespace ptrd::load {

/// What the generator's own stations took, in cycles of the time stamp counter. Polls that found nothing are
/// not in it.
struct Costs {
  uint64_t send = 0;     // queries made and handed to the transport
  uint64_t receive = 0;  // replies taken from the transport, their frames checked
  uint64_t match = 0;    // each found its query, was counted, and the query settled
  uint64_t check = 0;    // each compared with what it should be
  uint64_t queries = 0;  // sent
  uint64_t replies = 0;  // that went through the last three

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
  /// Cycles since the lap before, or the start.
  uint64_t lap() {
    const uint64_t before = last_;
    last_ = rte_rdtsc();
    return last_ - before;
  }

 private:
  uint64_t last_;
};

}  // namespace ptrd::load
