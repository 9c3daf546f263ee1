// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

namespace ptrd::port {

/// Sleep times for a thread that nothing wakes: very short while there is work, doubled each time that there
/// is none.
class Backoff {
 public:
  static constexpr std::chrono::nanoseconds kShortest = std::chrono::microseconds(16);
  /// A thread that sleeps this long at a time takes about one percent of a CPU.
  static constexpr std::chrono::nanoseconds kLongest = std::chrono::milliseconds(1);

  /// To be called when there was work.
  void reset() { next_ = kShortest; }
  /// When there was none: how long to sleep now.
  std::chrono::nanoseconds next() { return std::exchange(next_, std::min(2 * next_, kLongest)); }

 private:
  std::chrono::nanoseconds next_ = kShortest;
};

}  // namespace ptrd::port
