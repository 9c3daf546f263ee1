// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>
#include <string>

namespace ptrd {

/// `[######              ]` for a part from 0 to 1.
[[nodiscard]] std::string progress_bar(double part);

/// A line on standard error that is written over, five times a second at most and from a fifth of one on,
/// while that is a terminal; else nothing. Wiped at the end, and before anything else is printed there. For
/// one thread at a time.
class ProgressLine {
 public:
  ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { wipe(); }

  [[nodiscard]] bool is_on_terminal() const { return terminal_; }
  /// Shows what `line(seconds)` gives, if it is time to: `seconds` have passed since the beginning.
  template <class Line>
  void show(const Line& line) {
    if (is_due()) print(line(std::chrono::duration<double>(Clock::now() - begin_).count()));
  }
  void wipe();

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kPeriod{200};

  [[nodiscard]] bool is_due();
  /// As much of it as the terminal is wide.
  void print(const std::string& line);

  bool terminal_;
  bool shown_ = false;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point next_ = begin_ + kPeriod;
};

}  // namespace ptrd
