// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "config/values.hpp"

#include <array>
#include <cmath>

#include "port/address.hpp"
#include "port/dpdk/eal.hpp"
#include "port/tap_interface.hpp"

namespace ptrd::config {

namespace {

template <class T>
bool parse(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

std::string shortest(double number) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed).ptr;
  return {text.data(), end};
}

}  // namespace

Fault any_text(const std::string&) {
  return {};
}

Fault socket_address(const std::string& text) {
  const auto address = port::parse_address(text);
  return address ? Fault() : address.error();
}

Fault metrics_address(const std::string& text) {
  const bool port_alone = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return socket_address(port_alone ? "127.0.0.1:" + text : text);
}

Fault cpu_list(const std::string& text) {
  const auto cpus = port::parse_cpus(text);
  return cpus ? Fault() : cpus.error();
}

Fault exception_name(const std::string& text) {
  const auto ok = port::check_interface_name(text);
  return ok ? Fault() : ok.error();
}

TextCheck short_text(size_t max) {
  return [max](const std::string& text) {
    return text.size() <= max ? Fault() : fmt::format("{} bytes; the maximum is {}", text.size(), max);
  };
}

Fault mismatch(const std::string& wanted, std::string_view found) {
  return fmt::format("expected {}, found {}", wanted, found);
}

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

std::string alternatives(const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 < words.size() ? ", " : " or ") + words[i];
  return text;
}

bool parse_number(std::string_view text, uint64_t& number, uint64_t min, uint64_t max) {
  return parse(text, number) && number >= min && number <= max;
}

bool parse_seconds(std::string_view text, std::chrono::milliseconds& time) {
  double seconds = 0;
  if (!parse(text, seconds) || !(seconds >= 0.1 && seconds <= 86400)) return false;
  time = std::chrono::milliseconds(std::llround(seconds * 1000));
  return true;
}

std::string seconds_text(std::chrono::milliseconds time) {
  return shortest(static_cast<double>(time.count()) / 1000);
}

bool parse_percent(std::string_view text, double& percent) {
  if (!text.ends_with('%')) return false;
  text.remove_suffix(1);
  double number = 0;
  if (!parse(text, number) || !(number >= 0 && number <= 100)) return false;
  constexpr double kDigits = 10'000;
  percent = std::round(number * kDigits) / kDigits;
  return true;
}

std::string percent_text(double percent) {
  return shortest(percent) + "%";
}

}  // namespace ptrd::config
