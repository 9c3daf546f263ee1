// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "change/serial.hpp"

#include <array>

namespace ptrd::change {

namespace {

constexpr std::array<std::string_view, kSerialRules> kRuleNames = {"increment", "unixtime", "dateserial"};

uint32_t date_serial(std::time_t now) {
  std::tm utc{};
  if (gmtime_r(&now, &utc) == nullptr) return 0;
  const int date = (utc.tm_year + 1900) * 10'000 + (utc.tm_mon + 1) * 100 + utc.tm_mday;
  return static_cast<uint32_t>(date) * 100U;
}

}  // namespace

std::string_view serial_rule_name(SerialRule rule) {
  return kRuleNames[static_cast<size_t>(rule)];
}

std::optional<SerialRule> parse_serial_rule(std::string_view text) {
  for (size_t i = 0; i < kRuleNames.size(); ++i) {
    if (kRuleNames[i] == text) return static_cast<SerialRule>(i);
  }
  return std::nullopt;
}

uint32_t next_serial(uint32_t serial, SerialRule rule, std::time_t now) {
  uint32_t next = serial;
  if (rule == SerialRule::unixtime) next = static_cast<uint32_t>(now);
  if (rule == SerialRule::dateserial) next = date_serial(now);
  if (next == 0 || !is_after(next, serial)) next = serial + 1;
  return next == 0 ? 1 : next;
}

}  // namespace ptrd::change
