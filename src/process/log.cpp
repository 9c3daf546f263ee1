// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "process/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

#include "ptrd/wire/one_line.hpp"

namespace ptrd::process {

namespace {

constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::err, spdlog::level::warn, spdlog::level::info,
                                                 spdlog::level::debug};  // by LogLevel
constexpr std::array<const char*, 4> kLevelNames = {"error", "warning", "info", "debug"};

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view text) {
  const auto it = std::find(kLevelNames.begin(), kLevelNames.end(), text);
  if (it == kLevelNames.end()) return std::nullopt;
  return static_cast<LogLevel>(it - kLevelNames.begin());
}

const char* log_level_name(LogLevel level) {
  return kLevelNames[static_cast<size_t>(level)];
}

void open_log() {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("ptrd"));
  spdlog::set_pattern("ptrd: %v");
}

void set_log_level(LogLevel level) {
  spdlog::set_level(kLevels[static_cast<size_t>(level)]);
}

LogLevel log_level() {
  switch (spdlog::get_level()) {
    case spdlog::level::err:
      return LogLevel::error;
    case spdlog::level::warn:
      return LogLevel::warning;
    case spdlog::level::debug:
      return LogLevel::debug;
    default:
      return LogLevel::info;
  }
}

void log(LogLevel level, fmt::string_view format, fmt::format_args values) {
  const auto which = kLevels[static_cast<size_t>(level)];
  spdlog::logger& logger = *spdlog::default_logger_raw();
  if (logger.should_log(which)) logger.log(which, wire::one_line(fmt::vformat(format, values)));
}

}  // namespace ptrd::process
