// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/range.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

#include "rdns/finding.hpp"

namespace ptrd::rdns {
namespace {

/// The low `bits` bits set.
Address low_bits(unsigned bits) {
  return bits >= 128 ? ~Address{0} : (Address{1} << bits) - 1;
}

unsigned trailing_zeros(Address value) {
  const auto low = static_cast<uint64_t>(value);
  if (low != 0) return static_cast<unsigned>(__builtin_ctzll(low));
  const auto high = static_cast<uint64_t>(value >> 64);
  return high == 0 ? 128 : 64 + static_cast<unsigned>(__builtin_ctzll(high));
}

constexpr std::string_view kBlanks = " \t";

std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

Range Prefix::range() const {
  return {family, first, first | low_bits(address_bits(family) - length)};
}

tl::expected<Prefix, std::string> prefix_of_text(std::string_view text) {
  const size_t slash = text.find('/');
  const auto key = wire::key_of_address(text.substr(0, slash));
  if (!key)
    return tl::unexpected(fmt::format("'{}' is not a prefix such as 192.0.2.0/24 or 2001:db8::/32", text));
  const Range address = range_of_key(*key);
  const unsigned bits = address_bits(key->family);
  unsigned length = bits;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (wrong != std::errc() || end != digits.data() + digits.size() || length > bits)
      return tl::unexpected(fmt::format("'{}': the length is not a number from 0 to {}", text, bits));
  }
  const Prefix prefix{key->family, static_cast<uint8_t>(length), address.first & ~low_bits(bits - length)};
  if (prefix.first != address.first)
    return tl::unexpected(fmt::format("'{}': host bits are set; did you mean {}?", text, to_text(prefix)));
  return prefix;
}

tl::expected<Range, std::string> range_of_text(std::string_view text) {
  text = trim(text);
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) {
    return prefix_of_text(text).map([](const Prefix& prefix) { return prefix.range(); });
  }
  const auto wrong = [&](std::string_view why) {
    return tl::unexpected(fmt::format("'{}': {}", printable(text), why));
  };
  std::array<Range, 2> ends;
  for (size_t i = 0; i < ends.size(); ++i) {
    const std::string_view end = trim(i == 0 ? text.substr(0, dash) : text.substr(dash + 1));
    const auto key = wire::key_of_address(end);
    if (!key) return wrong(fmt::format("'{}' is not an address", printable(end)));
    ends[i] = range_of_key(*key);
  }
  if (ends[0].family != ends[1].family) return wrong("the ends of a range are both IPv4 or both IPv6");
  if (ends[0].first > ends[1].first) return wrong("the range ends before it begins");
  return Range{ends[0].family, ends[0].first, ends[1].first};
}

tl::expected<std::vector<Range>, std::string> ranges_of_words(const std::vector<std::string>& words) {
  // Dashes that are words of their own belong to the words around them.
  std::vector<std::string> texts;
  bool open = false;  // the last text ends with a dash
  for (const std::string& word : words) {
    const std::string_view text = trim(word);
    if (!texts.empty() && (open || text.starts_with('-'))) {
      texts.back() += ' ';
      texts.back() += text;
    } else {
      texts.emplace_back(text);
    }
    open = texts.back().ends_with('-');
  }
  if (texts.empty()) return tl::unexpected<std::string>("a prefix or a range is missing");
  std::vector<Range> ranges;
  for (const std::string& text : texts) {
    const auto range = range_of_text(text);
    if (!range) return tl::unexpected(range.error());
    ranges.push_back(*range);
  }
  return ranges;
}

std::string address_to_text(wire::Family family, Address address) {
  return wire::address_of_key(key_of(family, address, family == wire::Family::v4 ? 4 : 32));
}

std::string to_text(const Prefix& prefix) {
  return fmt::format("{}/{}", address_to_text(prefix.family, prefix.first), prefix.length);
}

std::string to_text(const Range& range) {
  const auto prefixes = prefixes_of(range);
  if (prefixes.size() == 1) return to_text(prefixes.front());
  return fmt::format("{} - {}", address_to_text(range.family, range.first),
                     address_to_text(range.family, range.last));
}

std::vector<Prefix> prefixes_of(const Range& range) {
  std::vector<Prefix> prefixes;
  const unsigned bits = address_bits(range.family);
  for (Address at = range.first;;) {
    // The largest block that starts here and does not extend past the end.
    unsigned size = std::min(trailing_zeros(at), bits);
    while ((at | low_bits(size)) > range.last) --size;
    prefixes.push_back({range.family, static_cast<uint8_t>(bits - size), at});
    const Address end = at | low_bits(size);
    if (end >= range.last) return prefixes;
    at = end + 1;
  }
}

std::vector<Prefix> prefixes_of(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) {
    return std::tie(a.family, a.first, a.last) < std::tie(b.family, b.first, b.last);
  });
  std::vector<Range> merged;
  for (const Range& range : ranges) {
    // A range that starts at 0 touches nothing before it; this avoids an overflow in the addition.
    if (!merged.empty() && merged.back().family == range.family &&
        (range.first <= merged.back().last || range.first - 1 == merged.back().last)) {
      merged.back().last = std::max(merged.back().last, range.last);
    } else {
      merged.push_back(range);
    }
  }
  std::vector<Prefix> prefixes;
  for (const Range& range : merged) {
    const auto more = prefixes_of(range);
    prefixes.insert(prefixes.end(), more.begin(), more.end());
  }
  return prefixes;
}

Range range_of_key(const wire::AddressKey& key) {
  const bool v4 = key.family == wire::Family::v4;
  Address first = 0;
  for (size_t i = 0; i < (v4 ? 4U : 16U); ++i) first = first << 8 | key.address[i];
  return {key.family, first, first | low_bits(address_bits(key.family) - key.units * (v4 ? 8U : 4U))};
}

wire::AddressKey key_of(wire::Family family, Address address, unsigned units) {
  wire::AddressKey key{.family = family, .units = static_cast<uint8_t>(units)};
  const bool v4 = family == wire::Family::v4;
  const unsigned bits = address_bits(family);
  address &= ~low_bits(bits - units * (v4 ? 8U : 4U));
  for (size_t i = 0; i < bits / 8; ++i)
    key.address[i] = static_cast<uint8_t>(address >> (bits - 8 * (i + 1)));
  return key;
}

}  // namespace ptrd::rdns
