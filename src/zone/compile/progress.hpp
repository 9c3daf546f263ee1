// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>

namespace ptrd::zone {

/// How far reading is. The threads that read add to it now and then; anybody may look at any time.
struct Progress {
  std::atomic<uint64_t> records = 0;
  std::atomic<uint64_t> bytes = 0;  // of zone files, included ones too
  std::atomic<uint64_t> total = 0;  // bytes of the zone files; 0: not known
};

/// One line about it: records, records a second, bytes, time left. At most `width` columns.
[[nodiscard]] std::string progress_line(uint64_t records, uint64_t bytes, uint64_t total,
                                        std::chrono::duration<double> elapsed, size_t width);

/// Shows progress on the last line of a terminal, five times a second, until its end, which leaves the line
/// empty. Does nothing where `out` is no terminal.
class ProgressBar {
 public:
  ProgressBar(const Progress& progress, std::FILE* out);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

 private:
  void show(const std::string& line);
  void run(const std::stop_token& stop);

  const Progress& progress_;
  std::FILE* out_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::jthread thread_;  // last: what it uses is there before it
};

}  // namespace ptrd::zone
