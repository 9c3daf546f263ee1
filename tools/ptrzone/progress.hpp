// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <thread>

#include "lib/progress_line.hpp"
#include "zone/compile/progress.hpp"

namespace ptrd::tools {

/// How far reading zones is, in one line: records, records a second, bytes, time left.
[[nodiscard]] std::string progress_text(uint64_t records, uint64_t bytes, uint64_t total, double seconds);

/// Shows it on the last line of a terminal from a thread of its own, until its end, which leaves the line
/// empty.
class ReadingProgress {
 public:
  explicit ReadingProgress(const zone::Progress& progress);

 private:
  void run(const std::stop_token& stop);

  const zone::Progress& progress_;
  ProgressLine line_;
  std::jthread thread_;  // last: what it uses is there before it
};

}  // namespace ptrd::tools
