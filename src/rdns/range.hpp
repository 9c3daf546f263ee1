// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "ptrd/wire/arpa.hpp"

namespace ptrd::rdns {

/// An address as a number; an IPv4 address is in the low 32 bits.
using Address = unsigned __int128;

[[nodiscard]] constexpr unsigned address_bits(wire::Family family) {
  return family == wire::Family::v4 ? 32 : 128;
}

/// Addresses of one family, both ends included.
struct Range {
  wire::Family family = wire::Family::v4;
  Address first = 0;
  Address last = 0;

  [[nodiscard]] bool contains(const Range& other) const {
    return family == other.family && first <= other.first && other.last <= last;
  }
  bool operator==(const Range&) const = default;
};

/// A CIDR prefix (RFC 4632 3.1); the bits after `length` are zero.
struct Prefix {
  wire::Family family = wire::Family::v4;
  uint8_t length = 0;  // 0 to 32 or 128
  Address first = 0;

  [[nodiscard]] Range range() const;
  bool operator==(const Prefix&) const = default;
};

/// `192.0.2.0/24`, `2001:db8::/32`; a single address is a prefix of full length. Error: what is wrong with
/// the text, as a sentence that includes it.
[[nodiscard]] tl::expected<Prefix, std::string> prefix_of_text(std::string_view text);
[[nodiscard]] std::string to_text(const Prefix& prefix);
/// `192.0.2.0 - 192.0.3.255` as registries write ranges, with or without blanks; or a prefix, or an address.
/// Error: what is wrong with the text, as a sentence that includes it.
[[nodiscard]] tl::expected<Range, std::string> range_of_text(std::string_view text);
/// The words of a command line as ranges: each is a prefix, an address, or a range in one word or several.
/// Error: also if there are none.
[[nodiscard]] tl::expected<std::vector<Range>, std::string> ranges_of_words(
    const std::vector<std::string>& words);
/// Dotted quad or RFC 5952.
[[nodiscard]] std::string address_to_text(wire::Family family, Address address);
/// The prefix if the range is one, otherwise `first - last`.
[[nodiscard]] std::string to_text(const Range& range);

/// The fewest prefixes that cover exactly the range, in address order.
[[nodiscard]] std::vector<Prefix> prefixes_of(const Range& range);
/// The same for several ranges, which may overlap or touch; IPv4 first.
[[nodiscard]] std::vector<Prefix> prefixes_of(std::vector<Range> ranges);

/// The addresses below a key, and the key of an address with `units` units.
[[nodiscard]] Range range_of_key(const wire::AddressKey& key);
[[nodiscard]] wire::AddressKey key_of(wire::Family family, Address address, unsigned units);

}  // namespace ptrd::rdns
