// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ptrd::rdns::check {

/// Days in UTC.
using Day = std::chrono::sys_days;

[[nodiscard]] inline Day today() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}
/// `2026-11-21`; empty if it is not a date of that form.
[[nodiscard]] std::optional<Day> day_of_text(std::string_view text);
[[nodiscard]] std::string to_text(Day day);

}  // namespace ptrd::rdns::check
