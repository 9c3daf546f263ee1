// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <algorithm>

#include "zone/dnssec/parts.hpp"
#include "zone/name.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Type;

namespace {

void check_record(ZoneData& zone, const AuthorityName& name, const Item& nsec, std::string_view next_key) {
  const Bytes data = zone.data(nsec);
  const auto size = wire::plain_name_size(data, 0);
  const Bytes next = data.first(size.value_or(0));
  if (!size || sort_key(next) != next_key) {
    zone.report.add(Rule::denial_chain, nsec.place, [&] {
      return fmt::format("{} NSEC: its next name is {}, but the zone's is {}", text_of_key(name.key),
                         size ? text_of(next) : "missing", text_of_key(next_key));
    });
  }
  if (size) check_types(zone, name, data.subspan(*size), nsec.place, "NSEC");
}

}  // namespace

void check_nsec_chain(ZoneData& zone, std::span<const AuthorityName> names) {
  std::vector<const AuthorityName*> chain;
  for (const AuthorityName& name : names) {
    if (name.owner != nullptr) chain.push_back(&name);
  }
  for (size_t i = 0; i < chain.size(); ++i) {
    const AuthorityName& name = *chain[i];
    const std::span<const Item> records = name.owner->set(code(Type::nsec));
    if (records.empty()) {
      zone.report.add(Rule::denial_missing, name.owner->items[0].place,
                      [&] { return fmt::format("{}: no NSEC record", text_of_key(name.key)); });
    }
    // The chain closes at the apex, which is the first name (RFC 4034 4.1.1).
    for (const Item& nsec : records) check_record(zone, name, nsec, chain[(i + 1) % chain.size()]->key);
  }
  for (const Owner& owner : zone.owners()) {
    const Owner* hider = zone.hider(owner.key);
    if (hider == nullptr || hider->key == owner.key) continue;
    for (const Item& nsec : owner.set(code(Type::nsec))) {
      zone.report.add(Rule::denial_extra, nsec.place, [&] {
        return fmt::format("{} NSEC: below {}, where the chain has no names (RFC 4035 2.3)",
                           text_of_key(owner.key), text_of_key(hider->key));
      });
    }
  }
}

}  // namespace ptrd::zone
