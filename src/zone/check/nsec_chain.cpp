// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <array>
#include <string_view>

#include "zone/check/chain.hpp"
#include "zone/name.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Type;

namespace {

void check_record(const ZoneData& zone, const AuthorityName& name, const Item& nsec,
                  std::string_view next_key, const ChainVisitor& visitor) {
  const Bytes data = zone.data(nsec);
  const auto size = wire::plain_name_size(data, 0);
  const Bytes next = data.first(size.value_or(0));
  std::array<char, kMaxSortKey> key;
  if (!size || std::string_view(key.data(), put_sort_key(next, key)) != next_key) {
    visitor.fault(Rule::denial_chain, nsec.place, [&] {
      return fmt::format("{} NSEC: its next name is {}, but the zone's is {}", text_of_key(name.key),
                         size ? text_of(next) : "missing", text_of_key(next_key));
    });
  }
  if (size && visitor.record) visitor.record(name, data.subspan(*size), nsec.place, "NSEC");
}

}  // namespace

void follow_nsec_chain(const ZoneData& zone, std::span<const AuthorityName> names,
                       const ChainVisitor& visitor) {
  const auto not_empty = [&](size_t i) {
    while (i < names.size() && names[i].empty()) ++i;
    return i;
  };
  for (size_t i = not_empty(0), next = 0; i < names.size(); i = next) {
    const AuthorityName& name = names[i];
    next = not_empty(i + 1);
    const std::span<const Item> records =
        name.plain ? std::span<const Item>() : name.owner->set(code(Type::nsec));
    if (records.empty()) {
      visitor.fault(Rule::denial_missing, name.place,
                    [&] { return fmt::format("{}: no NSEC record", text_of_key(name.key)); });
    }
    // The chain closes at the apex, which is the first name (RFC 4034 4.1.1).
    const AuthorityName& after = names[next < names.size() ? next : not_empty(0)];
    for (const Item& nsec : records) check_record(zone, name, nsec, after.key, visitor);
  }
  for (const Owner& owner : zone.owners()) {
    const Owner* hider = zone.hider(owner.key);
    if (hider == nullptr || hider->key == owner.key) continue;
    for (const Item& nsec : owner.set(code(Type::nsec))) {
      visitor.fault(Rule::denial_extra, nsec.place, [&] {
        return fmt::format("{} NSEC: below {}, where the chain has no names (RFC 4035 2.3)",
                           text_of_key(owner.key), text_of_key(hider->key));
      });
    }
  }
}

}  // namespace ptrd::zone
