// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>
#include <cstdint>

namespace ptrd::cli {

/// A bar on standard error while that is a terminal, drawn a few times a second.
class Progress {
 public:
  explicit Progress(uint64_t total);
  void show(uint64_t done, uint64_t lame);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  uint64_t total_;
  bool terminal_;
  bool drawn_ = false;
  Clock::time_point last_{};
};

}  // namespace ptrd::cli
