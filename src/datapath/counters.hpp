// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "datapath/busy_time.hpp"
#include "datapath/counter.hpp"
#include "datapath/query_samples.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/frame/frame.hpp"

namespace ptrd::datapath {

/// Where every frame or datagram that a worker received ended: in exactly one of `kinds`, `verdicts`,
/// `tx_full`, `no_room`, `chained`, `exception_full` and `no_kernel_path` (invariant 7). In cache lines that
/// no other worker writes.
struct alignas(64) Counters {
  Counter rx;
  Counter tx;
  std::array<Counter, answer::kKinds> kinds;       // replies sent, and messages dropped by the engine
  std::array<Counter, frame::kVerdicts> verdicts;  // frames dropped or punted before that
  Counter tx_full;                                 // replies that the port did not take
  Counter no_room;                                 // frames whose buffer cannot hold a reply
  Counter chained;                 // queries in several buffers: larger than any that is asked
  Counter exception_full;          // the kernel's frames that the path to it had no room for
  Counter no_kernel_path;          // the kernel's frames on a port without a path to it
  std::array<Counter, 2> queries;  // messages given to the engine, over IPv4 and IPv6
  Counter bursts;                  // times that something was received
  Counter empty_polls;             // times that nothing was
  BusyTime busy;
  QuerySamples samples;  // some of what was asked
};

/// All workers' counters at one moment, added up and named.
struct Totals {
  using Named = std::vector<std::pair<std::string, uint64_t>>;
  uint64_t rx = 0;
  uint64_t tx = 0;
  std::array<uint64_t, 2> queries{};  // that reached the engine, over IPv4 and IPv6
  Named answered;
  Named dropped;
  Named punted;
  /// What a service tells about itself beside these, an object each: "tcp" with "accepted", "closed.idle" ...
  /// A dot in a name makes an object of what stands before it.
  std::vector<std::pair<std::string, Named>> sections;

  void add(const Counters& counters);
  void add(const Totals& other);
  /// Messages that were lost before a worker saw them: received, and dropped for `reason`.
  void add_lost(const char* reason, uint64_t count);
  /// Adds to what `section` tells.
  void add_note(const char* section, const std::string& name, uint64_t value);
  [[nodiscard]] static uint64_t sum(const Named& named);
  /// The object of --stats-json.
  [[nodiscard]] std::string to_json(double seconds) const;
};

}  // namespace ptrd::datapath
