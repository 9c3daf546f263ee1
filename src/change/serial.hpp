// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string_view>

namespace ptrd::change {

/// How a zone's serial moves on if a changeset brings no SOA record.
enum class SerialRule : uint8_t {
  increment,   // by one
  unixtime,    // to the seconds since 1970
  dateserial,  // to YYYYMMDD00 of today, UTC
};
inline constexpr uint8_t kSerialRules = 3;

/// Its name, as on the command line.
[[nodiscard]] std::string_view serial_rule_name(SerialRule rule);
/// Empty: there is no such rule.
[[nodiscard]] std::optional<SerialRule> parse_serial_rule(std::string_view text);

/// Whether serial `b` is after `a` (RFC 1982 3.2).
[[nodiscard]] constexpr bool is_after(uint32_t b, uint32_t a) {
  return b != a && b - a < 0x8000'0000U;
}

/// The serial after `serial` at the time `now`. Always after it (RFC 1982): where the rule's value is not,
/// by one. Never 0, which some software takes for "no serial".
[[nodiscard]] uint32_t next_serial(uint32_t serial, SerialRule rule, std::time_t now);

}  // namespace ptrd::change
