// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/read/prefix_text.hpp"

#include <charconv>

#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/one_line.hpp"

namespace ptrd::policy {

namespace {

using Error = tl::unexpected<std::string>;

constexpr size_t kLongest = 64;  // characters of the longest sensible prefix, and more

Prefix whole(const wire::AddressKey& key) {
  const bool ipv6 = key.family == wire::Family::v6;
  return {.address = key.address, .ipv6 = ipv6, .length = static_cast<uint8_t>(ipv6 ? 128 : 32)};
}

std::string quoted(std::string_view text) {
  return "'" + wire::one_line(text.substr(0, kLongest)) + "'";
}

/// Clears the bits from `length` on; returns whether any was set.
bool clear_host_bits(Prefix& prefix) {
  bool any = false;
  const unsigned bits = prefix.ipv6 ? 128 : 32;
  for (unsigned bit = prefix.length; bit < bits; ++bit) {
    const auto mask = static_cast<uint8_t>(0x80U >> bit % 8);
    any = any || (prefix.address[bit / 8] & mask) != 0;
    prefix.address[bit / 8] = static_cast<uint8_t>(prefix.address[bit / 8] & ~mask);
  }
  return any;
}

/// The first address after the prefix of `length` bits; false if there is none.
bool go_behind(std::array<uint8_t, 16>& address, unsigned length) {
  // Adds one to the number that the first `length` bits are.
  size_t octet = (length - 1) / 8;
  unsigned carry = 1U << (7 - (length - 1) % 8);
  for (;; --octet) {
    const unsigned sum = address[octet] + carry;
    address[octet] = static_cast<uint8_t>(sum);
    carry = sum >> 8;
    if (carry == 0) return true;
    if (octet == 0) return false;
  }
}

std::array<uint8_t, 16> last_of(const Prefix& prefix) {
  std::array<uint8_t, 16> last = prefix.address;
  const unsigned bits = prefix.ipv6 ? 128 : 32;
  for (unsigned bit = prefix.length; bit < bits; ++bit)
    last[bit / 8] = static_cast<uint8_t>(last[bit / 8] | 0x80U >> bit % 8);
  return last;
}

}  // namespace

tl::expected<Prefix, std::string> parse_prefix(std::string_view text) {
  const size_t slash = text.find('/');
  const auto key = text.size() > kLongest ? std::nullopt : wire::key_of_address(text.substr(0, slash));
  if (!key) return Error(quoted(text) + " is not a prefix such as 192.0.2.0/24 or 2001:db8::/32");
  Prefix prefix = whole(*key);
  if (slash == std::string_view::npos) return prefix;
  const std::string_view digits = text.substr(slash + 1);
  unsigned length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() ||
      length > prefix.length)
    return Error(quoted(text) + ": the length must be a number from 0 to " + std::to_string(prefix.length));
  prefix.length = static_cast<uint8_t>(length);
  if (clear_host_bits(prefix))
    return Error(quoted(text) + " has bits set after its length; write " + to_text(prefix));
  return prefix;
}

tl::expected<std::vector<Prefix>, std::string> parse_prefixes(std::string_view text) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) {
    auto one = parse_prefix(text);
    if (!one) return tl::unexpected(one.error());
    return std::vector<Prefix>{*one};
  }
  const auto trimmed = [](std::string_view part) {
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    return part;
  };
  const auto from = wire::key_of_address(trimmed(text.substr(0, dash)));
  const auto to = wire::key_of_address(trimmed(text.substr(dash + 1)));
  if (text.size() > 2 * kLongest || !from || !to || from->family != to->family)
    return Error(quoted(text) + " is not a range such as 192.0.2.5-192.0.2.9");
  if (to->address < from->address) return Error(quoted(text) + ": the last address is below the first");
  std::vector<Prefix> made;
  const bool ipv6 = from->family == wire::Family::v6;
  const unsigned bits = ipv6 ? 128 : 32;
  std::array<uint8_t, 16> at = from->address;
  for (;;) {
    // The longest block that begins here and does not end after the range.
    Prefix block{.address = at, .ipv6 = ipv6, .length = static_cast<uint8_t>(bits)};
    while (block.length > 0) {
      Prefix wider = block;
      --wider.length;
      if (clear_host_bits(wider) || last_of(wider) > to->address) break;
      block = wider;
    }
    made.push_back(block);
    if (last_of(block) >= to->address) return made;
    if (block.length == 0 || !go_behind(at, block.length)) return made;
  }
}

std::string to_text(const Prefix& prefix) {
  const wire::AddressKey key{.family = prefix.ipv6 ? wire::Family::v6 : wire::Family::v4,
                             .units = static_cast<uint8_t>(prefix.ipv6 ? 32 : 4),
                             .address = prefix.address};
  return wire::address_of_key(key) + "/" + std::to_string(prefix.length);
}

}  // namespace ptrd::policy
