// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/boundaries.hpp"

#include <fmt/core.h>

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace ptrd::rdns {
namespace {

wire::Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

/// The two numbers around a separator, each in canonical form (no sign, no leading zero).
struct Pair {
  unsigned left;
  unsigned right;
};
std::optional<Pair> pair_of_label(std::string_view label, char separator) {
  const size_t at = label.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const auto left = wire::octet_of_label(bytes_of(label.substr(0, at)));
  const auto right = wire::octet_of_label(bytes_of(label.substr(at + 1)));
  if (!left || !right) return std::nullopt;
  return Pair{*left, *right};
}

/// The addresses that a classless label covers below the /24 that starts at `base`.
std::optional<Range> range_of_label(std::string_view label, Address base, Classless style) {
  if (const auto pair = pair_of_label(label, '/'); pair || style == Classless::rfc4183) {
    const auto masked = pair ? pair : pair_of_label(label, '-');
    if (!masked || masked->right < 25 || masked->right > 32) return std::nullopt;
    const Prefix prefix{wire::Family::v4, static_cast<uint8_t>(masked->right), base + masked->left};
    if ((masked->left & ((1U << (32 - masked->right)) - 1)) != 0) return std::nullopt;
    return prefix.range();
  }
  const auto ends = pair_of_label(label, '-');
  if (!ends || ends->left > ends->right) return std::nullopt;
  return Range{wire::Family::v4, base + ends->left, base + ends->right};
}

/// A name at or below a classless zone. Empty if it is not one.
std::optional<Range> classless_range(const wire::Name& name, Classless style) {
  const size_t labels = name.label_count();
  if (labels != 6 && labels != 7) return std::nullopt;
  const wire::Name zone = labels == 7 ? name.parent() : name;
  const auto block = wire::key_of_name(zone.parent());
  if (!block || block->family != wire::Family::v4 || block->units != 3) return std::nullopt;
  const wire::Bytes bytes = zone.bytes();
  const Address base = range_of_key(*block).first;
  const auto range = range_of_label(wire::as_text(bytes.subspan(1, bytes[0])), base, style);
  if (!range || labels == 6) return range;
  const auto octet = wire::octet_of_label(name.bytes().subspan(1, name.bytes()[0]));
  if (!octet || base + *octet < range->first || base + *octet > range->last) return std::nullopt;
  return Range{wire::Family::v4, base + *octet, base + *octet};
}

/// Names that are often mistaken for reverse names.
std::string why_no_range(const wire::Name& name) {
  const std::string text = name.lowered().to_text();
  if (text.ends_with(".ipv6.arpa."))
    return "ipv6.arpa does not exist; the IPv6 reverse tree is ip6.arpa (RFC 3596 2.5)";
  if (text.ends_with(".ip6.int.")) return "ip6.int is obsolete (RFC 4159); the IPv6 reverse tree is ip6.arpa";
  if (text.ends_with("in-addr.arpa."))
    return "a label is not an octet from 0 to 255 without leading zeros, or there are too many";
  if (text.ends_with("ip6.arpa.")) return "a label is not a hexadecimal digit, or there are more than 32";
  return "it is neither below in-addr.arpa nor below ip6.arpa";
}

}  // namespace

std::vector<DelegatedZone> zones_of(const Prefix& prefix, Classless style) {
  const bool v4 = prefix.family == wire::Family::v4;
  if (v4 && prefix.length > 24) return {{classless_name(prefix.range(), style), prefix.range(), true}};
  const unsigned unit = v4 ? 8 : 4;
  const unsigned units = (prefix.length + unit - 1) / unit;
  const unsigned missing =
      units * unit - prefix.length;  // number of bits by which the zones' lengths exceed it: at most 7
  const unsigned shift = address_bits(prefix.family) - units * unit;
  std::vector<DelegatedZone> zones;
  for (unsigned i = 0; i < 1U << missing; ++i) {
    // With zero units the shift would be the full width; then there is one zone, from address 0.
    const Address first = i == 0 ? prefix.first : prefix.first + (Address{i} << shift);
    const wire::AddressKey key = key_of(prefix.family, first, units);
    zones.push_back({wire::name_of_key(key), range_of_key(key), false});
  }
  return zones;
}

std::vector<DelegatedZone> zones_of(const Range& range, Classless style) {
  std::vector<DelegatedZone> zones;
  for (const Prefix& prefix : prefixes_of(range)) {
    for (DelegatedZone& zone : zones_of(prefix, style)) {
      const bool joins = style == Classless::dash && zone.classless && !zones.empty() &&
                         zones.back().classless && zones.back().range.first >> 8 == zone.range.first >> 8;
      if (!joins) {
        zones.push_back(std::move(zone));
        continue;
      }
      DelegatedZone& part = zones.back();
      part.range.last = zone.range.last;
      part.name = classless_name(part.range, style);
    }
  }
  return zones;
}

wire::Name classless_name(const Range& range, Classless style) {
  const auto first = static_cast<unsigned>(range.first & 255);
  const auto last = static_cast<unsigned>(range.last & 255);
  const unsigned length = prefixes_of(range).front().length;
  const std::string label = style == Classless::dash    ? fmt::format("{}-{}", first, last)
                            : style == Classless::slash ? fmt::format("{}/{}", first, length)
                                                        : fmt::format("{}-{}", first, length);
  wire::Name name = wire::name_of_key(key_of(wire::Family::v4, range.first, 3));
  (void)name.prepend(bytes_of(label));  // at most 7 octets before a name of at most 26
  return name;
}

wire::Name cname_target(const wire::Name& zone, Address address) {
  wire::Name name = zone;
  (void)name.prepend(bytes_of(fmt::format("{}", static_cast<unsigned>(address & 255))));
  return name;
}

tl::expected<Range, std::string> range_of_name(const wire::Name& name, Classless style) {
  if (const auto key = wire::key_of_name(name)) return range_of_key(*key);
  if (const auto range = classless_range(name, style)) return *range;
  return tl::unexpected(why_no_range(name));
}

}  // namespace ptrd::rdns
