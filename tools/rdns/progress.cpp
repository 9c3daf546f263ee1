// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "progress.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace ptrd::cli {
namespace {

constexpr auto kPeriod = std::chrono::milliseconds(200);
constexpr size_t kBar = 24;  // columns

std::string bar(double part) {
  const auto full = static_cast<size_t>(static_cast<double>(kBar) * std::clamp(part, 0.0, 1.0));
  return '[' + std::string(full, '#') + std::string(kBar - full, '.') + ']';
}

}  // namespace

ProgressLine::ProgressLine(std::string what)
    : what_(std::move(what)), terminal_(::isatty(STDERR_FILENO) == 1), next_(begin_ + kPeriod) {}

void ProgressLine::show(rdns::Position position, const rdns::ScanCounts& counts) {
  if (!terminal_ || Clock::now() < next_) return;
  const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
  const auto megabytes = static_cast<double>(position.read) / 1e6;
  const double part =
      position.total == 0 ? 0 : static_cast<double>(position.read) / static_cast<double>(position.total);
  fmt::print(stderr, "\r\033[K{} {}{:.1f} MB, {:.1f} MB/s, {} objects, {:.0f}/s", what_,
             position.total == 0 ? "" : fmt::format("{} {:.0f} % ", bar(part), 100 * part), megabytes,
             megabytes / seconds, counts.objects(), static_cast<double>(counts.objects()) / seconds);
  std::fflush(stderr);
  shown_ = true;
  next_ = Clock::now() + kPeriod;
}

void ProgressLine::wipe() {
  if (!std::exchange(shown_, false)) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
}

}  // namespace ptrd::cli
