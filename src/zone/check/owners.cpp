// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

#include "ptrd/image/format.hpp"
#include "ptrd/wire/rdata.hpp"
#include "zone/check/parts.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Labels;
using wire::Name;
using wire::Type;

namespace {

/// Types allowed next to a CNAME (RFC 2181 10.1, RFC 4034 3 and 4; KEY and NXT from RFC 2535, as other
/// servers still allow).
constexpr bool goes_with_cname(uint16_t type) {
  constexpr uint16_t kSig = 24;
  constexpr uint16_t kKey = 25;
  constexpr uint16_t kNxt = 30;
  return type == code(Type::cname) || type == code(Type::rrsig) || type == code(Type::nsec) || type == kSig ||
         type == kKey || type == kNxt;
}

void check_single(ZoneData& zone, const Owner& owner, Type type, Rule rule) {
  const auto set = owner.set(code(type));
  if (set.size() == 1) return;
  const auto other = std::find_if(set.begin(), set.end(), [&](const Item& item) {
    return !wire::same_ignoring_case(zone.data(item), zone.data(set[0]));
  });
  if (other == set.end()) return;
  zone.report.add(rule, other->place, [&] {
    return fmt::format("{} has several {} records; the first is at {}", text_of_key(owner.key),
                       wire::type_to_text(code(type)), zone.places.to_text(set[0].place, other->place));
  });
}

void check_cname(ZoneData& zone, const Owner& owner, const Item& cname,
                 const std::optional<wire::AddressKey>& address) {
  check_single(zone, owner, Type::cname, Rule::several_cnames);
  const auto beside = [&](uint16_t type, uint32_t place) {
    zone.report.add(Rule::cname_beside_data, cname.place, [&] {
      return fmt::format("CNAME and other data: {} also has {}, at {}", text_of_key(owner.key),
                         wire::type_to_text(type), zone.places.to_text(place, cname.place));
    });
  };
  const auto other = std::find_if_not(owner.items.begin(), owner.items.end(),
                                      [](const Item& item) { return goes_with_cname(item.type); });
  if (other != owner.items.end()) return beside(other->type, other->place);
  if (!address || !address->whole()) return;
  const auto check_ptrs = [&](const auto& records) {
    if (const auto ptrs = records.within(*address); !ptrs.empty())
      beside(code(Type::ptr), records[ptrs.begin].place);
  };
  address->family == wire::Family::v4 ? check_ptrs(zone.plain4) : check_ptrs(zone.plain6);
}

void check_dname(ZoneData& zone, const Owner& owner, const Item& dname) {
  check_single(zone, owner, Type::dname, Rule::several_dnames);
  if (owner.key == zone.apex_key || !owner.has(Type::ns)) return;
  zone.report.add(Rule::dname_at_cut, dname.place, [&] {
    return fmt::format("{} has both DNAME and NS records; below the apex they exclude each other",
                       text_of_key(owner.key));
  });
}

void check_ds(ZoneData& zone, const Owner& owner, const Item& ds) {
  const bool at_apex = owner.key == zone.apex_key;
  if (!at_apex && owner.has(Type::ns)) return;
  zone.report.add(Rule::ds_place, ds.place, [&] {
    return at_apex
               ? fmt::format("the DS of {} belongs to its parent zone; it is not served here",
                             zone.apex.to_text())
               : fmt::format("{} has a DS, but no NS records: it is not a zone cut", text_of_key(owner.key));
  });
}

void check_wildcard(ZoneData& zone, const Owner& owner) {
  if (owner.key.find('*') == std::string_view::npos) return;
  const Name name = name_of_sort_key(owner.key);
  const Labels labels(name.bytes());
  const auto is_asterisk = [&](size_t i) {
    const Bytes label = labels.label(name.bytes(), i);
    return label.size() == 1 && label[0] == '*';
  };
  for (size_t i = 1; i < labels.count; ++i) {
    if (!is_asterisk(i)) continue;
    zone.report.add(Rule::wildcard, owner.items[0].place, [&] {
      return fmt::format("{}: an asterisk is a wildcard only as the first label", name.to_text());
    });
    return;
  }
  if (!is_asterisk(0)) return;
  for (const Type type : {Type::ns, Type::dname}) {
    const Item* item = owner.find(type);
    if (item == nullptr) continue;
    zone.report.add(Rule::wildcard, item->place, [&] {
      return fmt::format("{}: {} at a wildcard; its meaning is undefined (RFC 4592 4)", name.to_text(),
                         wire::type_to_text(code(type)));
    });
  }
}

void check_meta_types(ZoneData& zone, const Owner& owner) {
  for (const Item& item : owner.items) {
    const bool meta =
        item.type == 0 || item.type == code(Type::opt) || (item.type >= 128 && item.type <= 255);
    if (!meta) continue;
    zone.report.add(Rule::meta_type, item.place, [&] {
      return fmt::format("TYPE{} occurs in messages, not in zones (RFC 6895 3.1)", item.type);
    });
  }
}

/// An image has at most so many: a query for one would cost too much.
void check_type_count(ZoneData& zone, const Owner& owner) {
  if (owner.items.size() <= image::kMaxRrsets) return;
  size_t types = 0;
  const Item* beyond = nullptr;
  for (size_t i = 0; i < owner.items.size(); ++i) {  // in order of their types
    if (i > 0 && owner.items[i].type == owner.items[i - 1].type) continue;
    if (++types == image::kMaxRrsets + 1) beyond = &owner.items[i];
  }
  if (beyond == nullptr) return;
  zone.report.add(Rule::many_types, beyond->place, [&] {
    return fmt::format("{} has records of {} types; at most {} can be served", text_of_key(owner.key), types,
                       image::kMaxRrsets);
  });
}

/// What is wrong with a label that should be an octet in the only form of RFC 1035 3.5; names as in RFC 2317
/// are correct.
const char* octet_fault(Bytes label) {
  if (!is_number(label) || wire::octet_of_label(label)) return nullptr;
  return label[0] == '0' ? "has leading zeros" : "is out of range";
}

/// Labels that are not octets by design: wildcards, services (RFC 6763 11), ranges (RFC 2317 4).
bool is_special(Bytes label) {
  const auto is = [&](char c) { return std::find(label.begin(), label.end(), c) != label.end(); };
  return label[0] == '*' || label[0] == '_' || ((is('-') || is('/')) && label[0] >= '0' && label[0] <= '9');
}

std::optional<std::string> v4_fault(const Name& name, const Labels& labels, bool ptr) {
  const Bytes bytes = name.bytes();
  const size_t octets = labels.count - 2U;
  for (size_t i = 0; i < octets; ++i) {
    const Bytes label = labels.label(bytes, i);
    if (const char* fault = octet_fault(label)) {
      return fmt::format("label '{}' {}", wire::label_to_text(label), fault);
    }
  }
  if (!ptr) return std::nullopt;
  const auto octet = [&](size_t i) { return wire::octet_of_label(labels.label(bytes, i)).has_value(); };
  size_t numbers = 0;
  while (numbers < octets && octet(numbers)) ++numbers;
  if (octets > 4 && numbers == octets) return fmt::format("{} octets, {} too many", octets, octets - 4);
  if (octets == 4 && numbers < 4 && !is_special(labels.label(bytes, numbers))) {
    return fmt::format("label '{}' is not an octet", wire::label_to_text(labels.label(bytes, numbers)));
  }
  return std::nullopt;
}

std::optional<std::string> v6_fault(const Name& name, const Labels& labels, bool ptr) {
  if (!ptr) return std::nullopt;
  const Bytes bytes = name.bytes();
  const size_t nibbles = labels.count - 2U;
  for (size_t i = 0; i < nibbles; ++i) {
    const Bytes label = labels.label(bytes, i);
    if (wire::nibble_of_label(label)) continue;
    if (is_special(label)) return std::nullopt;
    const bool hex = std::all_of(label.begin(), label.end(), [](const uint8_t& c) {
      return wire::nibble_of_label({&c, 1}).has_value();
    });
    return fmt::format("label '{}' {}", wire::label_to_text(label),
                       hex ? "is several nibbles" : "is not a nibble");
  }
  if (nibbles == 32) return std::nullopt;
  return fmt::format("{} nibbles; an address has 32", nibbles);
}

/// Owners in the reverse trees that name an address or a part of one: those of PTR, and octets that own
/// CNAME, NS and DNAME.
void check_address_labels(ZoneData& zone, const Name& name, const Item& item) {
  const auto tree = reverse_tree(name.bytes());
  if (!tree) return;
  const Labels labels(name.bytes());
  const bool v4 = *tree == wire::Family::v4;
  const bool ptr = item.type == code(Type::ptr);
  const auto fault = v4 ? v4_fault(name, labels, ptr) : v6_fault(name, labels, ptr);
  if (!fault) return;
  zone.report.add(v4 ? Rule::octet_label : Rule::nibble_label, item.place, [&] {
    return fmt::format("{} is not the name of an address: {}", name.to_text(), *fault);
  });
}

bool check_final_dot(ZoneData& zone, const Owner& owner) {
  const std::string fault = final_dot_fault(zone, owner.key);
  if (fault.empty()) return false;
  const auto first = std::ranges::min_element(owner.items, {}, &Item::place);
  zone.report.add(Rule::owner_final_dot, first->place, [&] {
    return fmt::format("owner {}: {}; is a final dot missing, here or in $ORIGIN?", text_of_key(owner.key),
                       fault);
  });
  return true;
}

/// The first record of a type whose owner names an address or a part of one.
const Item* item_of_address(const Owner& owner) {
  for (const Type type : {Type::ptr, Type::cname, Type::ns, Type::dname}) {
    if (const Item* item = owner.find(type)) return item;
  }
  return nullptr;
}

}  // namespace

void check_owners(ZoneData& zone) {
  for (const Owner& owner : zone.owners()) {
    std::optional<wire::AddressKey> address;
    const bool dotless = check_final_dot(zone, owner);
    if (const Item* item = item_of_address(owner);
        item != nullptr && owner.key != zone.apex_key && !dotless) {
      const Name name = name_of_sort_key(owner.key);
      address = wire::key_of_name(name);
      const bool right = address && (item->type != code(Type::ptr) || address->family == wire::Family::v4);
      if (!right) check_address_labels(zone, name, *item);
    }
    if (const Item* cname = owner.find(Type::cname)) check_cname(zone, owner, *cname, address);
    if (const Item* dname = owner.find(Type::dname)) check_dname(zone, owner, *dname);
    if (const Item* ds = owner.find(Type::ds)) check_ds(zone, owner, *ds);
    check_wildcard(zone, owner);
    check_meta_types(zone, owner);
    check_type_count(zone, owner);
  }
}

}  // namespace ptrd::zone
