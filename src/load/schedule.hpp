// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cmath>
#include <cstdint>

namespace ptrd::load {

/// When queries are due: bursts of `burst`, at a steady rate. Times in ns since the load's start.
class Schedule {
 public:
  /// `rate` in queries per second. A different `start` for each sender keeps them from sending all at once.
  Schedule(double rate, unsigned burst, double start)
      : burst_(burst), step_(1e9 * burst / rate), start_(start) {}

  /// When the n-th query is due.
  [[nodiscard]] int64_t due(uint64_t n) const {
    return static_cast<int64_t>(start_ + static_cast<double>(n / burst_) * step_);
  }
  /// The number of queries that are due at or before that time.
  [[nodiscard]] uint64_t due_by(int64_t time) const {
    const double since = static_cast<double>(time) - start_;
    return since < 0 ? 0 : (static_cast<uint64_t>(std::floor(since / step_)) + 1) * burst_;
  }
  /// The query after the last one that is due together with the n-th.
  [[nodiscard]] uint64_t burst_end(uint64_t n) const { return (n / burst_ + 1) * burst_; }
  /// Delays all queries by that much.
  void put_off(int64_t time) { start_ += static_cast<double>(time); }
  /// Between bursts.
  [[nodiscard]] double step() const { return step_; }

 private:
  unsigned burst_;
  double step_;
  double start_;
};

}  // namespace ptrd::load
