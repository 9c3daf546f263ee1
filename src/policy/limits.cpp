// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/limits.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::policy {

using answer::Kind;
using wire::QuestionName;

namespace {

/// A prefix of `length` bits, at most 64, of 64.
uint64_t mask_of(unsigned length) {
  return length == 0 ? 0 : ~uint64_t{0} << (64 - length);
}

}  // namespace

LimitKeys LimitKeys::random() {
  LimitKeys keys;
  if (getrandom(&keys, sizeof keys, 0) != static_cast<ssize_t>(sizeof keys))
    throw std::system_error(errno, std::generic_category(), "getrandom");
  keys.client.multiplier |= 1;
  keys.asked.multiplier |= 1;
  return keys;
}

RateTable::Rate LimitSettings::rate(const Level& level, Class kind) const {
  const uint32_t per_second = level.rates[static_cast<size_t>(kind)];
  if (per_second == 0) return {};
  return RateTable::Rate::of(per_second, std::max(1U, static_cast<uint32_t>(per_second * window)));
}

RateTable::Rate LimitSettings::denial_rate() const {
  if (denials == 0) return {};
  return RateTable::Rate::of(denials, denial_burst != 0 ? denial_burst : denials);
}

Limits::Family Limits::make(bool ipv6) const {
  const std::vector<LimitSettings::Level>& given = ipv6 ? settings_.ipv6 : settings_.ipv4;
  Family family;
  family.mask = mask_of(settings_.denial_client(ipv6));
  family.salt = ipv6 ? 1 : 0;
  family.rates = {};
  for (size_t i = 0; i < given.size(); ++i) {
    // The low bits of a prefix are free, so the keys of families and levels never meet.
    Level& made = i == 0 ? family
                         : family.wider.emplace_back(Level{
                               .mask = mask_of(given[i].length), .salt = i << 1 | family.salt, .rates = {}});
    for (size_t kind = 0; kind < kClasses; ++kind)
      made.rates[kind] = settings_.rate(given[i], static_cast<Class>(kind));
  }
  return family;
}

Limits::Passes Limits::passes(const Family& family) {
  Passes passes;
  if (!family.wider.empty()) return passes;
  for (size_t kind = 0; kind < answer::kAnswerKinds; ++kind) {
    const RateTable::Rate rate = family.rates[static_cast<size_t>(kClassOf[kind])];
    passes[kind] = {.room = rate.window / 2, .cost = rate.cost, .tag = class_tag(kClassOf[kind])};
  }
  return passes;
}

Limits::Limits(const LimitSettings& settings, LimitKeys keys)
    : Limits(settings, keys, RateTable(settings.table_lines)) {}

Limits::Limits(const LimitSettings& settings, LimitKeys keys, RateTable table)
    : settings_(settings),
      keys_(keys),
      families_{make(false), make(true)},
      passes_{passes(families_[0]), passes(families_[1])},
      denials_(settings.denial_rate()),
      table_(std::move(table)) {}

uint64_t Limits::shortest_window() const {
  uint64_t shortest = limits_denials() ? denials_.window : UINT64_MAX;
  const auto look = [&](const Level& level) {
    for (const RateTable::Rate& rate : level.rates) {
      if (rate.cost != 0) shortest = std::min(shortest, rate.window);
    }
  };
  for (const Family& family : families_) {
    look(family);
    std::for_each(family.wider.begin(), family.wider.end(), look);
  }
  return shortest;
}

void Limits::prepare(std::span<const Client> clients, std::span<RateTable::Place> places) const {
  const KeyedHash hash = keys_.client;
  const auto network = [](const Client& client, const Family& family) {
    return (client.high() & family.mask) ^ family.salt;
  };
  for (size_t i = 0; i < clients.size(); ++i) {
    const Client client = clients[i];
    const uint64_t key = client.ipv6 ? network(client, families_[1]) : network(client, families_[0]);
    places[i] = table_.place(hash(key));
    table_.prefetch(places[i]);
  }
}

uint32_t Limits::over(uint32_t which, std::span<const Client> clients,
                      std::span<const RateTable::Place> places, std::span<const answer::Reply> replies,
                      uint64_t now) {
  const auto each = [](uint32_t set, auto visit) {
    for (; set != 0; set &= set - 1) visit(static_cast<unsigned>(__builtin_ctz(set)), set & -set);
  };
  uint32_t rest = 0;
  each(which, [&](unsigned i, uint32_t bit) {
    const Pass& pass = passes_[clients[i].ipv6 ? 1 : 0][static_cast<size_t>(replies[i].kind)];
    if (!table_.take_easily({places[i].bits ^ pass.tag}, pass.cost, pass.room, now)) [[unlikely]]
      rest |= bit;
  });
  uint32_t over = 0;
  each(rest, [&](unsigned i, uint32_t bit) {
    if (replies[i].size != 0 && !allows(clients[i], places[i], replies[i].kind, now)) over |= bit;
  });
  return over;
}

bool Limits::allows(const Client& client, RateTable::Place place, Kind kind, uint64_t now) {
  const Family& family = families_[client.ipv6 ? 1 : 0];
  const Class which = class_of(kind);
  const auto takes = [&](const Level& level, RateTable::Place at) {
    const RateTable::Rate rate = level.rates[static_cast<size_t>(which)];
    return rate.cost == 0 || table_.take(of_class(at, which), 1, rate, now) != 0;
  };
  if (!takes(family, place)) return false;
  for (const Level& level : family.wider) {
    if (!takes(level, table_.place(keys_.client((client.high() & level.mask) ^ level.salt)))) return false;
  }
  return true;
}

bool Limits::allows_denial(const Client& client, const answer::Query& query, wire::Bytes name, uint64_t now) {
  if (name.empty()) return true;  // a query for a cookie
  bool v4 = query.name.kind == QuestionName::Kind::v4;
  uint64_t address = v4 ? uint64_t{query.name.v4} << 32 : query.name.v6[0];
  if (query.name.kind == QuestionName::Kind::other) {
    // What a walk that leaves out empty branches asks most (RFC 8020): names with fewer labels.
    wire::Name whole;
    if (!whole.assign(name)) return true;
    const auto key = wire::key_of_name(whole);
    if (!key) return true;
    v4 = key->family == wire::Family::v4;
    address = __builtin_bswap64(wire::load_raw<uint64_t>(key->address.data()));
  }
  const uint64_t asked = address & mask_of(v4 ? settings_.asked_ipv4 : settings_.asked_ipv6);
  const Family& family = families_[client.ipv6 ? 1 : 0];
  const uint64_t hash =
      keys_.client((client.high() & family.mask) ^ family.salt) + keys_.asked(asked ^ (v4 ? 2U : 3U));
  return table_.take(table_.place(hash), 1, denials_, now) != 0;
}

}  // namespace ptrd::policy
