// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Ranges: PTR targets that a rule makes. The rule is a program that writes the labels before the Range's
// tail; each step writes one octet or a few.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "ptrd/image/image.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

/// Steps of a program. `i` is an octet of the address (0: the first), `n` a nibble.
namespace op {
inline constexpr uint8_t label = 0x00;        // ends a label; another follows
inline constexpr uint8_t kMaxLiteral = 0x3F;  // 1..63: that many bytes follow, to be copied
inline constexpr uint8_t decimal = 0x40;      // + i: octet in decimal
inline constexpr uint8_t decimal2 = 0x50;     // + i: at least two digits
inline constexpr uint8_t decimal3 = 0x60;     // + i: three digits
inline constexpr uint8_t hex = 0x70;          // + i: octet in hexadecimal
inline constexpr uint8_t hex2 = 0x80;         // + i: two digits
inline constexpr uint8_t nibble = 0xA0;       // + n: one hexadecimal digit
inline constexpr uint8_t groups = 0xC0;       // IPv6: eight groups of four digits, separated by hyphens
inline constexpr uint8_t shortest = 0xC1;     // IPv6: RFC 5952 with hyphens; `0` before or after an edge `--`
inline constexpr uint8_t nibbles = 0xC2;      // IPv6: 32 digits
}  // namespace op

/// An address as programs read it: network order, IPv4 in the first four octets.
using RangeAddress = std::array<uint8_t, 16>;
[[nodiscard]] inline RangeAddress range_address(uint32_t v4) {
  RangeAddress address{};
  wire::store32(address.data(), v4);
  return address;
}
[[nodiscard]] inline RangeAddress range_address(const std::array<uint64_t, 2>& v6) {
  RangeAddress address;
  wire::store_raw(address.data(), __builtin_bswap64(v6[0]));
  wire::store_raw(address.data() + 8, __builtin_bswap64(v6[1]));
  return address;
}

/// Runs `size` bytes of a program that `measure_program` accepted: writes labels at `out`, and up to 15 bytes
/// of garbage after them; reads up to 15 bytes past the program. Returns the labels' size in bytes.
size_t run_program(const uint8_t* program, size_t size, const RangeAddress& address, uint8_t* out);

/// Writes the PTR record that a range makes for an address, as `write_leaf_record` does for a leaf.
size_t write_range_record(const View& view, const Range& range, const RangeAddress& address, uint8_t* out);

/// Whether the first `bits` bits of `address` are those of `key`.
[[nodiscard]] bool has_prefix(const RangeAddress& address, const uint8_t* key, unsigned bits);

/// IPv4 addresses that share their first `bits` bits.
struct Addresses4 {
  uint32_t first = 0;  // host order
  uint8_t bits = 0;
  [[nodiscard]] uint32_t last() const {
    return first + static_cast<uint32_t>((uint64_t{1} << (32 - bits)) - 1);
  }
  /// Whether all addresses of `other` are among them.
  [[nodiscard]] bool contains(const Addresses4& other) const {
    return other.bits >= bits && other.first >= first && other.first <= last();
  }
};
[[nodiscard]] inline Addresses4 addresses_of(const DeclaredRange& range) {
  return {wire::load32(range.address), range.bits};
}
/// The addresses whose names are at or below an apex; empty: none.
[[nodiscard]] std::optional<Addresses4> addresses_below(const wire::Name& apex);

/// The largest output of a program for any address.
struct ProgramSize {
  const char* fault = nullptr;  // why `run_program` must not run it; null: valid
  size_t head = 0;              // most bytes of labels
};
/// Checks every step of a program, labels (1 to 63 octets) and the total (at most `room` bytes).
[[nodiscard]] ProgramSize measure_program(wire::Bytes program, wire::Family family, size_t room);

}  // namespace ptrd::image
