// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "datapath/busy_time.hpp"
#include "datapath/counter.hpp"
#include "datapath/metric.hpp"
#include "datapath/query_samples.hpp"
#include "policy/station.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/frame/frame.hpp"

namespace ptrd::json {
class Value;
}

namespace ptrd::datapath {

/// What limits and cookies have done, for other threads to read.
struct PolicyCounters {
  Counter dropped;
  Counter slipped;
  Counter refused;
  Counter log_only;
  std::array<Counter, policy::kClasses + 1> by_limit;
  Counter cookies_valid;
  Counter cookies_new;
  Counter cookies_bad;

  void set(const policy::StationCounts& counts);
};

/// The outcome of every frame or datagram that a worker received: it is counted in exactly one of `kinds`,
/// `verdicts`, `tx_full`, `no_room`, `chained`, `exception_full` and `no_kernel_path` (invariant 7). In cache
/// lines that no other worker writes.
struct alignas(64) Counters {
  Counter rx;
  Counter tx;
  std::array<Counter, answer::kKinds> kinds;       // replies sent, and messages dropped by the engine
  std::array<Counter, frame::kVerdicts> verdicts;  // frames dropped or punted before that
  Counter tx_full;                                 // replies that the port did not accept
  Counter no_room;                                 // frames whose buffer is too small for a reply
  Counter chained;                                 // queries in several buffers: larger than any real query
  Counter exception_full;          // frames for the kernel that the path to it had no room for
  Counter no_kernel_path;          // frames for the kernel on a port without a path to it
  std::array<Counter, 2> queries;  // messages given to the engine, over IPv4 and IPv6
  Counter bursts;                  // polls that received something
  Counter empty_polls;             // polls that received nothing
  BusyTime busy;
  QuerySamples samples;  // samples of the queries
  PolicyCounters policy;
};

/// The Prometheus metrics for them, for each transport and for each worker.
namespace metric {
inline constexpr Metric kReceived{"ptrd_received_total",
                                  "Frames or messages received: answered, dropped and punted add up to it."};
inline constexpr Metric kQueries{"ptrd_queries_total",
                                 "DNS messages that were looked at, by the IP version they came over."};
inline constexpr Metric kResponses{"ptrd_responses_total", "Responses sent."};
inline constexpr Metric kDropped{"ptrd_dropped_total", "Frames or messages dropped."};
inline constexpr Metric kPunted{"ptrd_punted_total", "Frames left to the kernel."};
inline constexpr Metric kWorkerFrames{"ptrd_worker_frames_total",
                                      "Frames or messages that a worker took in."};
inline constexpr Metric kWorkerBursts{
    "ptrd_worker_bursts_total", "Bursts that a worker took in; frames by bursts is the mean burst size."};
inline constexpr Metric kWorkerEmptyPolls{"ptrd_worker_empty_polls_total",
                                          "Times that a worker looked and nothing had come."};
inline constexpr Metric kWorkerBusy{"ptrd_worker_busy_seconds_total",
                                    "Time that a worker had something to do; its rate is the busy share."};
}  // namespace metric

/// All workers' counters at one moment, added up and named.
struct Totals {
  using Named = std::vector<std::pair<std::string, uint64_t>>;
  /// One count of a family.
  struct Note {
    const NoteFamily* family;
    std::string name;  // without the family's prefix
    uint64_t value;
  };

  uint64_t rx = 0;
  uint64_t tx = 0;
  std::array<uint64_t, 2> queries{};  // messages that reached the engine, over IPv4 and IPv6
  Named answered;
  Named dropped;
  Named punted;
  std::vector<Note> notes;  // additional counts of services

  void add(const Counters& counters);
  void add(const Totals& other);
  /// Adds messages that were lost before a worker saw them: counted as received, and dropped for `reason`.
  void add_lost(const char* reason, uint64_t count);
  void add(const policy::KernelCounts& counts);
  /// Adds to the count `name` of a family, or, if empty, to the family's only count.
  void add_note(const NoteFamily& family, std::string_view name, uint64_t value);
  void add_note(const NoteFamily& family, uint64_t value) { add_note(family, {}, value); }
  /// The notes by section and full name: "tcp" with "accepted", "closed.idle" ...
  [[nodiscard]] std::vector<std::pair<std::string, Named>> sections() const;
  [[nodiscard]] static uint64_t sum(const Named& named);
  /// The object of --stats-json, and its text.
  [[nodiscard]] json::Value to_json(double seconds) const;
  [[nodiscard]] std::string stats_text(double seconds) const;
};

}  // namespace ptrd::datapath
