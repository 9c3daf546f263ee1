// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/compile/progress.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>

namespace ptrd::zone {
namespace {

constexpr std::chrono::milliseconds kPeriod{200};
constexpr size_t kDefaultWidth = 80;
constexpr size_t kBar = 20;

std::string minutes(double seconds) {
  const auto whole = static_cast<uint64_t>(std::ceil(seconds));
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

size_t width_of(std::FILE* terminal) {
  winsize size{};
  const bool known = ioctl(fileno(terminal), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kDefaultWidth;
}

}  // namespace

std::string progress_line(uint64_t records, uint64_t bytes, uint64_t total,
                          std::chrono::duration<double> elapsed, size_t width) {
  const double seconds = std::max(elapsed.count(), 1e-3);
  const double mb = static_cast<double>(bytes) / 1e6;
  std::string line = fmt::format("{:.1f} M records, {:.2f} M/s, {:.0f}", static_cast<double>(records) / 1e6,
                                 static_cast<double>(records) / 1e6 / seconds, mb);
  if (total > 0) {
    const double share = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(total));
    const auto done = static_cast<size_t>(share * static_cast<double>(kBar));
    line = fmt::format("[{:<{}}] {:3.0f} %  {} of {:.0f} MB", std::string(done, '#'), kBar, 100 * share, line,
                       static_cast<double>(total) / 1e6);
    if (share > 0) line += fmt::format(", {} left", minutes(seconds * (1 - share) / share));
  } else {
    line += " MB";
  }
  return line.substr(0, width);
}

ProgressBar::ProgressBar(const Progress& progress, std::FILE* out) : progress_(progress), out_(out) {
  if (isatty(fileno(out)) != 0) thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void ProgressBar::show(const std::string& line) {
  fmt::print(out_, "\r{}\x1b[K", line);
  (void)std::fflush(out_);
}

void ProgressBar::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!wake.wait_for(lock, stop, kPeriod, [&] { return stop.stop_requested(); })) {
    show(progress_line(progress_.records, progress_.bytes, progress_.total,
                       std::chrono::steady_clock::now() - start_, width_of(out_) - 1));
  }
  show({});
}

ProgressBar::~ProgressBar() = default;  // jthread asks its thread to stop, and waits for it

}  // namespace ptrd::zone
