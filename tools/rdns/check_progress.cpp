// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "check_progress.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace ptrd::cli {

namespace {

constexpr size_t kWidth = 30;
constexpr std::chrono::milliseconds kEvery{200};

}  // namespace

Progress::Progress(uint64_t total) : total_(total), terminal_(::isatty(STDERR_FILENO) == 1) {}

void Progress::show(uint64_t done, uint64_t lame) {
  if (!terminal_ || Clock::now() - last_ < kEvery) return;
  last_ = Clock::now();
  drawn_ = true;
  const size_t filled = total_ == 0 ? kWidth : std::min<size_t>(kWidth, done * kWidth / total_);
  fmt::print(stderr, "\r[{}{}] {}/{} delegations, {} lame\033[K", std::string(filled, '#'),
             std::string(kWidth - filled, '.'), done, total_, lame);
  std::fflush(stderr);
}

void Progress::clear() {
  if (!drawn_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace ptrd::cli
