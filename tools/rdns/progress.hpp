// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>
#include <string>

#include "rdns/objects/scan.hpp"

namespace ptrd::cli {

/// A line on standard error that shows how far a file is read, when that is a terminal; nothing else. Wiped
/// at the end, and before anything else is printed there.
class ProgressLine {
 public:
  explicit ProgressLine(std::string what);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { wipe(); }

  /// Shows the position, five times a second at most.
  void show(rdns::Position position, const rdns::ScanCounts& counts);
  void wipe();

 private:
  using Clock = std::chrono::steady_clock;

  std::string what_;
  bool terminal_;
  bool shown_ = false;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point next_;
};

}  // namespace ptrd::cli
