// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lib/progress_line.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace ptrd {

namespace {

constexpr size_t kDefaultWidth = 80;
constexpr size_t kBar = 20;

size_t width_of_terminal() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kDefaultWidth;
}

}  // namespace

std::string progress_bar(double part) {
  const auto full = static_cast<size_t>(static_cast<double>(kBar) * std::clamp(part, 0.0, 1.0));
  return '[' + std::string(full, '#') + std::string(kBar - full, ' ') + ']';
}

ProgressLine::ProgressLine() : terminal_(::isatty(STDERR_FILENO) == 1) {}

bool ProgressLine::is_due() {
  const auto now = Clock::now();
  if (!terminal_ || now < next_) return false;
  next_ = now + kPeriod;
  return true;
}

void ProgressLine::print(const std::string& line) {
  // Not in the last column, from where some terminals go on to the next line.
  fmt::print(stderr, "\r{}\x1b[K", line.substr(0, width_of_terminal() - 1));
  (void)std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::wipe() {
  if (!std::exchange(shown_, false)) return;
  fmt::print(stderr, "\r\x1b[K");
  (void)std::fflush(stderr);
}

}  // namespace ptrd
