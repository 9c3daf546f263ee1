// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/check/authority.hpp"

#include <algorithm>
#include <type_traits>

#include "zone/name.hpp"

namespace ptrd::zone {

using wire::Type;

namespace {

bool owns_only_nsec3(const Owner& owner) {
  return owner.find(Type::nsec3) != nullptr && std::ranges::all_of(owner.items, [](const Item& item) {
           return item.type == code(Type::nsec3) || item.type == code(Type::rrsig);
         });
}

bool is_hidden(const ZoneData& zone, std::string_view key) {
  const Owner* hider = zone.hider(key);
  return hider != nullptr && hider->key != key;
}

}  // namespace

bool AuthorityName::signs(uint16_t type) const {
  if (type == code(Type::rrsig)) return false;
  return !cut || type == code(Type::ds) || type == code(Type::nsec);
}

/// Addresses without an owner. Nearly all of a signed zone have one, of their signatures.
template <typename Address>
void AuthorityNames::find_plain(const ZoneData& zone, const PlainPtrs<Address>& records) {
  if (records.size() == 0) return;
  constexpr auto kFamily = std::is_same_v<Address, Address4> ? wire::Family::v4 : wire::Family::v6;
  std::vector<bool> owned(records.size());
  for (const Owner& owner : zone.owners()) {
    const auto address = address_of_sort_key(owner.key);
    if (!address || !address->whole() || address->family != kFamily) continue;
    const auto own = records.within(*address);
    for (size_t i = own.begin; i < own.end; ++i) owned[i] = true;
  }
  for (size_t i = 0; i < records.size(); ++i) {
    if (owned[i] || (i > 0 && records[i].address == records[i - 1].address)) continue;
    std::string key = sort_key(owner_of(records[i].address).bytes());
    if (is_hidden(zone, key)) continue;
    keys_.push_back(std::move(key));
    plain_.push_back(
        {.key = keys_.back(), .owner = nullptr, .cut = false, .plain = true, .place = records[i].place});
  }
}

/// Adds a name, after the empty non-terminals above it.
void AuthorityNames::add(const ZoneData& zone, const AuthorityName& name) {
  std::vector<std::string_view> parents;
  for (std::string_view parent = name.key; parent.size() > zone.apex_key.size();) {
    parent = parent_key(parent);
    if (names_.empty() || names_.back().key.starts_with(parent)) break;
    parents.push_back(parent);
  }
  for (auto parent = parents.rbegin(); parent != parents.rend(); ++parent) {
    names_.push_back({.key = *parent, .owner = nullptr, .cut = false, .place = name.place});
  }
  names_.push_back(name);
}

AuthorityNames::AuthorityNames(const ZoneData& zone) {
  find_plain(zone, zone.plain4);
  find_plain(zone, zone.plain6);
  std::ranges::sort(plain_, {}, &AuthorityName::key);
  names_.reserve(plain_.size() + zone.owners().size());
  auto plain = plain_.begin();
  const auto add_plain_before = [&](std::string_view key) {
    for (; plain != plain_.end() && plain->key < key; ++plain) add(zone, *plain);
  };
  for (const Owner& owner : zone.owners()) {
    if (is_hidden(zone, owner.key) || owns_only_nsec3(owner)) continue;
    add_plain_before(owner.key);
    add(zone, {.key = owner.key, .owner = &owner, .cut = zone.is_cut(owner), .place = owner.items[0].place});
  }
  for (; plain != plain_.end(); ++plain) add(zone, *plain);
}

}  // namespace ptrd::zone
