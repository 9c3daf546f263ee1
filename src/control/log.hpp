// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <fmt/core.h>

#include "control/config.hpp"

// ptrd's log: a line on stderr for each message, "ptrd: TEXT", whatever is in it (wire::one_line): paths and
// names in messages are others' to choose. Before `open_log` the lines are spdlog's own.
namespace ptrd::control {

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

}  // namespace ptrd::control
