// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <optional>
#include <string_view>

// ptrd's log: one line on stderr per message, "ptrd: TEXT", whatever it contains (wire::one_line), as paths
// and names in messages are untrusted. Before `open_log` the lines have spdlog's format.
namespace ptrd::process {

enum class LogLevel : uint8_t { error, warning, info, debug };

/// "error", "warning", "info", "debug".
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view text);
[[nodiscard]] const char* log_level_name(LogLevel level);

void open_log();

/// From now on logs messages of `level` and above.
void set_log_level(LogLevel level);
[[nodiscard]] LogLevel log_level();

/// Logs one line, formatted by fmt::format.
void log(LogLevel level, fmt::string_view format, fmt::format_args values);

template <typename... Values>
void log_error(fmt::format_string<Values...> format, Values&&... values) {
  log(LogLevel::error, format, fmt::make_format_args(values...));
}
template <typename... Values>
void log_warning(fmt::format_string<Values...> format, Values&&... values) {
  log(LogLevel::warning, format, fmt::make_format_args(values...));
}
template <typename... Values>
void log_info(fmt::format_string<Values...> format, Values&&... values) {
  log(LogLevel::info, format, fmt::make_format_args(values...));
}

}  // namespace ptrd::process
