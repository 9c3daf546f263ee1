// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/rdata/location.hpp"

#include <fmt/core.h>

#include <cstdlib>
#include <optional>

namespace ptrd::zone {

namespace {

constexpr int64_t kEquator = 1LL << 31;    // RFC 1876 2: thousandths of a second of arc
constexpr int64_t kSeaLevel = 10'000'000;  // centimetres: 100 km below the reference spheroid is 0

/// Metres of a length in centimetres; `exact`: always with them.
std::string metres(int64_t centimetres, bool exact = false) {
  const char* sign = centimetres < 0 ? "-" : "";
  const int64_t size = std::llabs(centimetres);
  return size % 100 == 0 && !exact ? fmt::format("{}{}m", sign, size / 100)
                                   : fmt::format("{}{}.{:02}m", sign, size / 100, size % 100);
}

/// A size or a precision: a digit and a power of ten. Nothing where text would say another byte.
std::optional<std::string> precision(uint8_t byte, TextStyle style) {
  const unsigned digit = byte >> 4;
  const unsigned power = byte & 15U;
  if (digit > 9 || power > 9 || (digit == 0 && power > 0)) return std::nullopt;
  int64_t centimetres = digit;
  for (unsigned i = 0; i < power; ++i) centimetres *= 10;
  return metres(centimetres, style == TextStyle::dig && centimetres < 100);
}

/// Degrees, minutes, seconds and the side of the equator or the prime meridian. Nothing beyond `limit`
/// degrees.
std::optional<std::string> angle(uint32_t value, int64_t limit, const char* sides, TextStyle style) {
  constexpr int64_t kSecond = 1000;
  constexpr int64_t kMinute = 60 * kSecond;
  constexpr int64_t kDegree = 60 * kMinute;
  const int64_t from_zero = int64_t{value} - kEquator;
  const int64_t size = std::llabs(from_zero);
  if (size / kDegree > limit) return std::nullopt;
  std::string text = fmt::format("{} {} {}", size / kDegree, size / kMinute % 60, size / kSecond % 60);
  if (size % kSecond != 0 || style == TextStyle::dig) text += fmt::format(".{:03}", size % kSecond);
  return text + ' ' + sides[from_zero < 0 ? 1 : 0];
}

}  // namespace

bool put_location(wire::Cursor& in, TextStyle style, std::string& out) {
  const bool dig = style == TextStyle::dig;
  const uint8_t version = in.u8();
  const auto size = precision(in.u8(), style);
  const auto horizontal = precision(in.u8(), style);
  const auto vertical = precision(in.u8(), style);
  const auto latitude = angle(in.u32(), 90, "NS", style);
  const auto longitude = angle(in.u32(), 180, "EW", style);
  const int64_t altitude = int64_t{in.u32()} - kSeaLevel;
  if (!in.ok() || version != 0 || !size || !horizontal || !vertical || !latitude || !longitude) return false;
  const char* gap = dig ? " " : "  ";
  out += fmt::format("{}{}{}{}{}{}{} {} {}", *latitude, gap, *longitude, gap, metres(altitude, dig), gap,
                     *size, *horizontal, *vertical);
  return true;
}

}  // namespace ptrd::zone
