// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <tuple>

#include "image/build/builder.hpp"

namespace ptrd::image {

using wire::Family;
using wire::Name;

namespace {

constexpr unsigned unit_bits(Family family) {
  return family == Family::v4 ? 8 : 4;
}

Name name_of(const RangeEntry& entry, Family family) {
  return wire::name_of_key({.family = family, .units = entry.units, .address = entry.address});
}

void put_unit(RangeAddress& address, Family family, unsigned unit, unsigned value) {
  if (family == Family::v4) {
    address[unit] = static_cast<uint8_t>(value);
  } else if (unit % 2 == 0) {
    address[unit / 2] = static_cast<uint8_t>((address[unit / 2] & 15) | value << 4);
  } else {
    address[unit / 2] = static_cast<uint8_t>((address[unit / 2] & 0xF0) | value);
  }
}

/// A prefix as names: one, or if it ends within an octet or a nibble, one for each value of that unit.
std::vector<RangeEntry> entries_of(const Prefix& prefix, ZoneId zone, uint32_t rule) {
  const unsigned size = unit_bits(prefix.family);
  const auto units = static_cast<uint8_t>((prefix.bits + size - 1) / size);
  const unsigned count = 1U << (units * size - prefix.bits);
  std::vector<RangeEntry> entries;
  for (unsigned i = 0; i < count; ++i) {
    RangeEntry entry{prefix.address, units, prefix.bits, zone, rule};
    if (units > 0) {
      const unsigned last = units - 1U;
      const unsigned value = prefix.family == Family::v4 ? prefix.address[last]
                             : last % 2 == 0             ? prefix.address[last / 2] >> 4
                                                         : prefix.address[last / 2] & 15U;
      put_unit(entry.address, prefix.family, last, value + i);
    }
    entries.push_back(entry);
  }
  return entries;
}

/// The declared prefixes of sorted entries, in the order of addresses and lengths: the inverse of
/// `entries_of`.
std::vector<DeclaredPrefix> joined(const std::vector<RangeEntry>& entries, Family family) {
  std::vector<DeclaredPrefix> all;
  for (const RangeEntry& entry : entries) {
    const Prefix prefix = declared_prefix(entry, family);
    if (all.empty() || all.back().prefix != prefix) all.push_back({prefix, entry.zone, entry.rule});
  }
  // Entries of prefixes that enclose one another alternate.
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.prefix < b.prefix; });
  const auto end =
      std::unique(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.prefix == b.prefix; });
  all.erase(end, all.end());
  return all;
}

}  // namespace

Prefix declared_prefix(const RangeEntry& entry, Family family) {
  Prefix prefix{family, entry.address, entry.bits};
  for (unsigned bit = entry.bits; bit < 128; ++bit)
    prefix.address[bit / 8] = static_cast<uint8_t>(prefix.address[bit / 8] & ~(0x80U >> bit % 8));
  return prefix;
}

bool lies_in(const Prefix& prefix, const Name& apex) {
  const auto entries = entries_of(prefix, 0, 0);
  return std::all_of(entries.begin(), entries.end(), [&](const RangeEntry& entry) {
    return name_of(entry, prefix.family).is_below_or_at(apex);
  });
}

std::string to_text(const Prefix& prefix) {
  const auto units = static_cast<uint8_t>(prefix.family == Family::v4 ? 4 : 32);
  return wire::address_of_key({prefix.family, units, prefix.address}) + "/" + std::to_string(prefix.bits);
}

tl::expected<void, std::string> Builder::add_range(ZoneId zone, const Prefix& prefix,
                                                   const std::string& program, const Name& tail,
                                                   uint32_t ttl) {
  const auto size = measure_program({reinterpret_cast<const uint8_t*>(program.data()), program.size()},
                                    prefix.family, wire::kMaxName - tail.size());
  if (size.fault != nullptr) return tl::unexpected<std::string>(size.fault);
  const unsigned most = prefix.family == Family::v4 ? 32 : 128;
  if (prefix.bits > most) return tl::unexpected(to_text(prefix) + " is not an address prefix");
  if (declared_prefix({prefix.address, 0, prefix.bits, 0, 0}, prefix.family) != prefix)
    return tl::unexpected(to_text(prefix) + " has host bits set");
  if (program.size() > kMaxProgram) return tl::unexpected<std::string>("the pattern is too long");
  const std::string name(reinterpret_cast<const char*>(tail.bytes().data()), tail.size());
  const uint32_t rule = rules_.intern({program, name, ttl, prefix.family, true});
  if (!lies_in(prefix, zones_[zone].apex))
    return tl::unexpected(to_text(prefix) + " is not in the zone " + zones_[zone].apex.to_text());
  const auto entries = entries_of(prefix, zone, rule);
  auto& ranges = prefix.family == Family::v4 ? ranges4_ : ranges6_;
  ranges.insert(ranges.end(), entries.begin(), entries.end());
  return {};
}

/// Drops what a deeper zone hides, and keeps only the longest range at each name.
tl::expected<void, std::string> Builder::settle_ranges(std::vector<RangeEntry>& ranges) {
  if (ranges.empty()) return {};
  const Family family = rules_[ranges.front().rule].family;
  std::erase_if(ranges,
                [&](const RangeEntry& entry) { return deepest_zone(name_of(entry, family)) != entry.zone; });
  const auto place = [](const RangeEntry& entry) { return std::tie(entry.address, entry.units); };
  std::sort(ranges.begin(), ranges.end(), [&](const RangeEntry& a, const RangeEntry& b) {
    return std::tuple(place(a), b.bits) < std::tuple(place(b), a.bits);
  });
  for (size_t i = 1; i < ranges.size(); ++i) {
    if (place(ranges[i]) == place(ranges[i - 1]) && ranges[i].bits == ranges[i - 1].bits) {
      return tl::unexpected("the range " + to_text(declared_prefix(ranges[i], family)) + " is a duplicate");
    }
  }
  if (family == Family::v4) declared4_ = joined(ranges, family);
  const auto end = std::unique(ranges.begin(), ranges.end(), [&](const RangeEntry& a, const RangeEntry& b) {
    return place(a) == place(b);
  });
  ranges.erase(end, ranges.end());
  return {};
}

}  // namespace ptrd::image
