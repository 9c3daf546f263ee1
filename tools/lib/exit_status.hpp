// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

namespace ptrd {

/// Exit status of all programs: success, failure, or wrong usage.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

/// Of `ptrzone compile --keep-going`: an image was written, but without zones that have errors, or with them
/// as they last were.
inline constexpr int kLeftOut = 3;

/// Of `ptrctl status`, as init scripts have it (LSB 22.2): no ptrd runs.
inline constexpr int kNotRunning = 3;

/// Of `ptrzone diff`, as diff(1) has it: there are differences, or it failed.
inline constexpr int kDifferent = 1;
inline constexpr int kTrouble = 2;

/// Why a program does not start, or need not: its exit status, and what to tell on stderr (empty: nothing
/// more, as after --help and where CLI11 has said it).
struct Refusal {
  int status = kDone;
  std::string what;
};

}  // namespace ptrd
