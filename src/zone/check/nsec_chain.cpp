// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <vector>

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
  if (!size || sort_key(next) != next_key) {
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
  std::vector<const AuthorityName*> chain;
  chain.reserve(names.size());
  for (const AuthorityName& name : names) {
    if (!name.empty()) chain.push_back(&name);
  }
  for (size_t i = 0; i < chain.size(); ++i) {
    const AuthorityName& name = *chain[i];
    const std::span<const Item> records =
        name.plain ? std::span<const Item>() : name.owner->set(code(Type::nsec));
    if (records.empty()) {
      visitor.fault(Rule::denial_missing, name.place,
                    [&] { return fmt::format("{}: no NSEC record", text_of_key(name.key)); });
    }
    // The chain closes at the apex, which is the first name (RFC 4034 4.1.1).
    for (const Item& nsec : records)
      check_record(zone, name, nsec, chain[(i + 1) % chain.size()]->key, visitor);
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
