// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/dnssec/check.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "dnssec/type_bitmap.hpp"
#include "ptrd/wire/rdata.hpp"
#include "zone/dnssec/parts.hpp"
#include "zone/name.hpp"

namespace ptrd::zone {

using wire::Type;

namespace {

/// The first record of a type in the zone.
const Item* first_of(const ZoneData& zone, uint16_t type) {
  const Item* first = nullptr;
  for (const Owner& owner : zone.owners()) {
    for (const Item& item : owner.set(type)) {
      if (first == nullptr || item.place < first->place) first = &item;
    }
  }
  return first;
}

bool owns_only_nsec3(const Owner& owner) {
  return owner.find(Type::nsec3) != nullptr && std::ranges::all_of(owner.items, [](const Item& item) {
           return item.type == code(Type::nsec3) || item.type == code(Type::rrsig);
         });
}

void check_denial(ZoneData& zone, std::span<const AuthorityName> names) {
  const Item* nsec = first_of(zone, code(Type::nsec));
  const Item* nsec3 = first_of(zone, code(Type::nsec3));
  if (nsec != nullptr && nsec3 != nullptr) {
    zone.report.add(Rule::denial_mixed, std::max(nsec->place, nsec3->place), [&] {
      return fmt::format(
          "the zone {} has both NSEC and NSEC3 records ({} and {}); it can have only one chain",
          zone.apex.to_text(), zone.places.to_text(nsec->place), zone.places.to_text(nsec3->place));
    });
  } else if (nsec == nullptr && nsec3 == nullptr) {
    zone.report.add(Rule::denial_missing, zone.find(zone.apex_key)->items[0].place, [&] {
      return fmt::format(
          "the zone {} has neither NSEC nor NSEC3 records: nothing proves that a name is not there",
          zone.apex.to_text());
    });
  }
  if (nsec != nullptr) check_nsec_chain(zone, names);
  if (nsec3 != nullptr || first_of(zone, code(Type::nsec3param)) != nullptr) check_nsec3_chain(zone, names);
}

}  // namespace

bool AuthorityName::signs(uint16_t type) const {
  if (type == code(Type::rrsig)) return false;
  return !cut || type == code(Type::ds) || type == code(Type::nsec);
}

std::vector<AuthorityName> authority_names(const ZoneData& zone) {
  std::vector<AuthorityName> names;
  std::vector<std::string_view> parents;
  for (const Owner& owner : zone.owners()) {
    const Owner* hider = zone.hider(owner.key);
    if ((hider != nullptr && hider->key != owner.key) || owns_only_nsec3(owner)) continue;
    parents.clear();
    for (std::string_view parent = owner.key; parent.size() > zone.apex_key.size();) {
      parent = parent_key(parent);
      if (names.empty() || names.back().key.starts_with(parent)) break;
      parents.push_back(parent);
    }
    for (auto parent = parents.rbegin(); parent != parents.rend(); ++parent) {
      names.push_back({.key = *parent, .owner = nullptr, .cut = false});
    }
    names.push_back({.key = owner.key, .owner = &owner, .cut = zone.is_cut(owner)});
  }
  return names;
}

void check_types(ZoneData& zone, const AuthorityName& name, wire::Bytes bitmap, uint32_t place,
                 std::string_view record) {
  const auto stated = dnssec::read_type_bitmap(bitmap);
  std::vector<uint16_t> types;
  if (name.owner != nullptr) {
    for_each_set(*name.owner, [&](std::span<const Item> set) {
      const uint16_t type = set[0].type;
      const bool at_cut = type == code(Type::ns) || type == code(Type::rrsig) || name.signs(type);
      // RFC 5155 7.1: NSEC3 records of another name may share this one.
      if (type != code(Type::nsec3) && (!name.cut || at_cut)) types.push_back(type);
    });
  }
  if (stated && *stated == types) return;
  zone.report.add(Rule::denial_types, place, [&] {
    if (!stated) return fmt::format("{} {}: not a bitmap of types", text_of_key(name.key), record);
    std::string faults;
    const auto list = [&](const auto& from, const auto& without, std::string_view what) {
      for (const uint16_t type : from) {
        if (std::ranges::binary_search(without, type)) continue;
        if (!faults.empty()) faults += ", ";
        faults += fmt::format("{} {}", what, wire::type_to_text(type));
      }
    };
    list(types, *stated, "lacks");
    list(*stated, types, "has");
    return fmt::format("{} {}: its types are not those of the name: it {}", text_of_key(name.key), record,
                       faults);
  });
}

void check_dnssec(ZoneData& zone, const DnssecCheck& how) {
  const Owner* apex = zone.find(zone.apex_key);
  if (apex == nullptr) return;  // the SOA record has an error of its own
  if (first_of(zone, code(Type::dnskey)) == nullptr && first_of(zone, code(Type::rrsig)) == nullptr) {
    zone.report.add(Rule::not_signed, apex->items[0].place,
                    [&] { return fmt::format("the zone {} is not signed", zone.apex.to_text()); });
    return;
  }
  const ZoneKeys keys(zone);
  const std::vector<AuthorityName> names = authority_names(zone);
  check_signed_sets(zone, names, keys, how);
  check_denial(zone, names);
}

}  // namespace ptrd::zone
