// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "progress.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>

namespace ptrd::tools {

namespace {

/// Shorter than the line's own period, which decides.
constexpr std::chrono::milliseconds kPeriod{50};

std::string minutes(double seconds) {
  const auto whole = static_cast<uint64_t>(std::ceil(seconds));
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

std::string progress_text(uint64_t records, uint64_t bytes, uint64_t total, double seconds) {
  const double time = std::max(seconds, 1e-3);
  const double mb = static_cast<double>(bytes) / 1e6;
  const std::string line =
      fmt::format("{:.1f} M records, {:.2f} M/s, {:.0f}", static_cast<double>(records) / 1e6,
                  static_cast<double>(records) / 1e6 / time, mb);
  if (total == 0) return line + " MB";
  const double share = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(total));
  return fmt::format("{} {:3.0f} %  {} of {:.0f} MB{}", progress_bar(share), 100 * share, line,
                     static_cast<double>(total) / 1e6,
                     share > 0 ? ", " + minutes(time * (1 - share) / share) + " left" : "");
}

ReadingProgress::ReadingProgress(const zone::Progress& progress) : progress_(progress) {
  if (line_.is_on_terminal()) thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void ReadingProgress::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!wake.wait_for(lock, stop, kPeriod, [&] { return stop.stop_requested(); })) {
    line_.show([this](double seconds) {
      return progress_text(progress_.records, progress_.bytes, progress_.total, seconds);
    });
  }
}

}  // namespace ptrd::tools
