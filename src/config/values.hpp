// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <fmt/core.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/keys.hpp"

// The kinds of values that keys have: each parses a string into a member of Config, and writes the member as
// a string.
namespace ptrd::config {

/// Checks a string; returns the error in it.
using TextCheck = std::function<Fault(const std::string&)>;

[[nodiscard]] Fault any_text(const std::string& text);
[[nodiscard]] Fault socket_address(const std::string& text);
/// The same, or a port alone.
[[nodiscard]] Fault metrics_address(const std::string& text);
[[nodiscard]] Fault cpu_list(const std::string& text);
[[nodiscard]] Fault exception_name(const std::string& text);
/// At most `max` bytes.
[[nodiscard]] TextCheck short_text(size_t max);

/// "expected true or false, found FOUND".
[[nodiscard]] Fault mismatch(const std::string& wanted, std::string_view found);
[[nodiscard]] std::string quoted(const std::string& text);
/// "error, warning, info or debug".
[[nodiscard]] std::string alternatives(const std::vector<std::string>& words);
/// False: not a number, or not from `min` to `max`.
[[nodiscard]] bool parse_number(std::string_view text, uint64_t& number, uint64_t min, uint64_t max);
[[nodiscard]] bool parse_seconds(std::string_view text, std::chrono::milliseconds& time);
/// In seconds, with as few digits as possible: "10", "0.5".
[[nodiscard]] std::string seconds_text(std::chrono::milliseconds time);

/// A number from 0 to 100 and a percent sign; four digits behind the point count.
[[nodiscard]] bool parse_percent(std::string_view text, double& percent);
/// With as few digits as possible: "10%", "0.5%".
[[nodiscard]] std::string percent_text(double percent);

/// The path to a nested member: member(&Config::tcp, &service::TcpLimits::idle).
template <class... Step>
auto member(Step... steps) {
  return [=](auto& config) -> auto& {
    return (config.*....*steps);
  };
}

/// `take(text, target)` returns whether `text` has the form described by `wanted`.
template <class Access, class Take, class Write>
Value single_value(Access access, const std::string& wanted, Take take, Write write) {
  using Target = std::decay_t<decltype(access(std::declval<Config&>()))>;
  Value value;
  value.wanted = wanted;
  value.clear = [=](Config& config) { access(config) = Target{}; };
  value.take = [=](const std::string& text, Config& config) {
    return take(text, access(config)) ? Fault() : mismatch(wanted, quoted(text));
  };
  value.texts = [=](const Config& config) { return std::vector<std::string>{write(access(config))}; };
  return value;
}

template <class Access>
Value text(Access access, const TextCheck& check = any_text) {
  Value value;
  value.wanted = "a text";
  value.clear = [=](Config& config) { access(config).clear(); };
  value.take = [=](const std::string& text, Config& config) {
    Fault fault = text.empty() ? Fault() : check(text);
    if (fault.empty()) access(config) = text;
    return fault;
  };
  value.texts = [=](const Config& config) { return std::vector<std::string>{access(config)}; };
  return value;
}

template <class Access>
Value list(Access access, const TextCheck& check = any_text) {
  Value value;
  value.form = Value::Form::list;
  value.wanted = "a text";
  value.clear = [=](Config& config) { access(config).clear(); };
  value.take = [=](const std::string& text, Config& config) {
    Fault fault = text.empty() ? "empty text in the list" : check(text);
    if (fault.empty()) access(config).push_back(text);
    return fault;
  };
  value.texts = [=](const Config& config) { return access(config); };
  return value;
}

/// Exactly "true" or "false": YAML 1.1's "yes" and "on" are strings since YAML 1.2.
template <class Access>
Value flag(Access access) {
  const auto take = [](const std::string& text, bool& target) {
    target = text == "true";
    return target || text == "false";
  };
  Value value = single_value(access, "true or false", take, [](bool on) { return on ? "true" : "false"; });
  value.form = Value::Form::flag;
  return value;
}

template <class Access>
Value number(Access access, uint64_t min, uint64_t max) {
  const auto take = [=](const std::string& text, auto& target) {
    uint64_t number = 0;
    if (!parse_number(text, number, min, max)) return false;
    target = static_cast<std::decay_t<decltype(target)>>(number);
    return true;
  };
  return single_value(access, fmt::format("a whole number from {} to {}", min, max), take,
                      [](auto number) { return std::to_string(number); });
}

/// 0.1 to 86400 seconds, fractions allowed.
template <class Access>
Value seconds(Access access) {
  return single_value(access, "a number of seconds from 0.1 to 86400", parse_seconds, seconds_text);
}

/// 0% to 100%, fractions allowed.
template <class Access>
Value percent(Access access) {
  return single_value(access, "a share from 0% to 100%, as 10%", parse_percent, percent_text);
}

/// One of several words. The member is an enumeration, or std::optional of one.
template <class Enum, class Access>
Value word(Access access, const std::vector<std::pair<std::string, Enum>>& all) {
  using Target = std::decay_t<decltype(access(std::declval<Config&>()))>;
  std::vector<std::string> words;
  words.reserve(all.size());
  for (const auto& [name, meaning] : all) words.push_back(name);
  Value value;
  value.wanted = alternatives(words);
  value.words = words;
  value.clear = [=](Config& config) { access(config) = Target{}; };
  value.take = [=, wanted = value.wanted](const std::string& text, Config& config) {
    for (const auto& [name, meaning] : all) {
      if (name == text) {
        access(config) = meaning;
        return Fault();
      }
    }
    return mismatch(wanted, quoted(text));
  };
  value.texts = [=](const Config& config) {
    std::vector<std::string> texts;
    for (const auto& [name, meaning] : all) {
      if (access(config) == meaning) texts.push_back(name);
    }
    return texts;
  };
  return value;
}

}  // namespace ptrd::config
