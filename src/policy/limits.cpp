// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/limits.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace ptrd::policy {

using answer::Kind;
using wire::QuestionName;

Class class_of(Kind kind) {
  switch (kind) {
    case Kind::answer:
    case Kind::truncated:
      return Class::answer;
    case Kind::nodata:
      return Class::nodata;
    case Kind::nxdomain:
      return Class::nxdomain;
    case Kind::referral:
      return Class::referral;
    default:
      return Class::error;
  }
}

LimitKeys LimitKeys::random() {
  LimitKeys keys;
  if (getrandom(&keys, sizeof keys, 0) != static_cast<ssize_t>(sizeof keys))
    throw std::system_error(errno, std::generic_category(), "getrandom");
  keys.client.multiplier |= 1;
  keys.asked.multiplier |= 1;
  return keys;
}

std::vector<Limits::Level> Limits::levels(const std::vector<LimitSettings::Level>& given, double window) {
  std::vector<Level> levels;
  for (const LimitSettings::Level& level : given) {
    Level& made = levels.emplace_back(Level{.length = level.length, .rates = {}});
    for (size_t i = 0; i < kClasses; ++i) {
      if (level.rates[i] == 0) continue;
      const auto burst = static_cast<uint32_t>(level.rates[i] * window);
      made.rates[i] = RateTable::Rate::of(level.rates[i], std::max(1U, burst));
    }
  }
  return levels;
}

Limits::Limits(const LimitSettings& settings, LimitKeys keys)
    : settings_(settings),
      keys_(keys),
      ipv4_(levels(settings.ipv4, settings.window)),
      ipv6_(levels(settings.ipv6, settings.window)),
      table_(settings.table_lines) {
  if (settings.denials != 0) {
    const uint32_t burst = settings.denial_burst != 0 ? settings.denial_burst : settings.denials;
    denials_ = RateTable::Rate::of(settings.denials, burst);
  }
}

bool Limits::allows(const Client& client, const answer::Query& query, Kind kind, uint64_t now) {
  const auto number = static_cast<size_t>(class_of(kind));
  const std::vector<Level>& levels = client.ipv6 ? ipv6_ : ipv4_;
  for (size_t i = 0; i < levels.size(); ++i) {
    const RateTable::Rate rate = levels[i].rates[number];
    if (rate.cost == 0) continue;
    RateTable::Place place = table_.place(hash(client, levels[i], i));
    // The kinds of one network are in one line, which is fetched before the kind is known.
    place.tag = static_cast<uint16_t>(place.tag ^ (number + 1) * 0x2F0BU);
    if (place.tag == 0) place.tag = 1;
    if (table_.take(place, 1, rate, now) == 0) return false;
  }
  if (denials_.cost != 0 && (kind == Kind::nxdomain || kind == Kind::nodata))
    return allows_denial(client, query, now);
  return true;
}

bool Limits::allows_denial(const Client& client, const answer::Query& query, uint64_t now) {
  const bool v4 = query.name.kind == QuestionName::Kind::v4;
  if (!v4 && query.name.kind != QuestionName::Kind::v6) return true;
  const uint64_t address = v4 ? uint64_t{query.name.v4} << 32 : query.name.v6[0];
  const unsigned length = v4 ? settings_.asked_ipv4 : settings_.asked_ipv6;
  const uint64_t asked = length == 0 ? 0 : address & ~uint64_t{0} << (64 - length);
  const std::vector<Level>& levels = client.ipv6 ? ipv6_ : ipv4_;
  const unsigned client_length = levels.empty() ? (client.ipv6 ? 56 : 24) : levels.front().length;
  const uint64_t hash = keys_.client(client.prefix(client_length) ^ (client.ipv6 ? 1U : 0U)) +
                        keys_.asked(asked ^ (v4 ? 2U : 3U));
  return table_.take(table_.place(hash), 1, denials_, now) != 0;
}

}  // namespace ptrd::policy
