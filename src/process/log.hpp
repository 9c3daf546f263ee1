// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <optional>
#include <string_view>

// ptrd's log: a line on stderr for each message, "ptrd: TEXT", whatever is in it (wire::one_line): paths and
// names in messages are others' to choose. Before `open_log` the lines are spdlog's own.
namespace ptrd::process {

enum class LogLevel : uint8_t { error, warning, info, debug };

/// "error", "warning", "info", "debug".
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view text);
[[nodiscard]] const char* log_level_name(LogLevel level);

void open_log();

/// From now on `level` and what is worse is logged.
void set_log_level(LogLevel level);
[[nodiscard]] LogLevel log_level();

/// One line, as fmt::format writes it.
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
