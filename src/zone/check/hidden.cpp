// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <unordered_set>

#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/rdata.hpp"
#include "zone/check/parts.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Type;

namespace {

constexpr bool is_address(uint16_t type) {
  return type == code(Type::a) || type == code(Type::aaaa);
}

/// What a parent zone contains at a cut (RFC 4035 2): NS, DS, signatures and denial, glue.
constexpr bool belongs_at_cut(uint16_t type) {
  return type == code(Type::ns) || type == code(Type::ds) || type == code(Type::rrsig) ||
         type == code(Type::nsec);
}

class HiddenData {
 public:
  explicit HiddenData(ZoneData& zone) : zone_(zone) {
    for (const Owner& owner : zone.owners()) {
      for (const Item& ns : owner.set(code(Type::ns))) name_servers_.insert(sort_key(zone.data(ns)));
    }
  }

  void run() {
    for (const Owner& owner : zone_.owners()) {
      const Owner* hider = zone_.hider(owner.key);
      if (hider != nullptr) check_records(owner, *hider);
      if (hider == &owner || (hider == nullptr && owner.has(Type::dname))) check_addresses(owner);
    }
  }

 private:
  [[nodiscard]] bool is_glue(const Owner& owner, const Item& item) const {
    return is_address(item.type) && name_servers_.contains(std::string(owner.key));
  }

  /// NSEC3 and the signatures over it: their owners are directly below the apex, whatever is there (RFC 5155
  /// 3).
  [[nodiscard]] bool is_hashed_denial(const Item& item) const {
    if (item.type != code(Type::rrsig)) return item.type == code(Type::nsec3);
    const Bytes data = zone_.data(item);
    return data.size() >= 2 && wire::load16(data.data()) == code(Type::nsec3);
  }

  void check_records(const Owner& owner, const Owner& hider) {
    for (const Item& item : owner.items) {
      // CNAME and DNAME at a cut are separate errors.
      const bool at_cut = &owner == &hider;
      if (at_cut &&
          (belongs_at_cut(item.type) || item.type == code(Type::cname) || item.type == code(Type::dname)))
        continue;
      if (zone_.is_cut(hider) && is_glue(owner, item)) continue;
      if (!zone_.is_cut(hider) && is_hashed_denial(item)) continue;
      const char* note = zone_.is_cut(hider) && is_address(item.type) ? " is not glue and" : "";
      add(hider, item.place,
          [&] { return text_of_key(owner.key) + ' ' + wire::type_to_text(item.type) + note; });
    }
  }

  /// PTR records at whole addresses: a cut hides the one at its own name, a DNAME does not.
  void check_addresses(const Owner& hider) {
    const auto key = address_of_sort_key(hider.key);
    if (!key || (key->whole() && !zone_.is_cut(hider))) return;
    const auto each = [&](const auto& records) {
      const auto range = records.within(*key);
      for (size_t i = range.begin; i < range.end; ++i) {
        add(hider, records[i].place, [&] { return owner_of(records[i].address).to_text() + " PTR"; });
      }
    };
    key->family == wire::Family::v4 ? each(zone_.plain4) : each(zone_.plain6);
  }

  template <typename What>
  void add(const Owner& hider, uint32_t place, What what) {
    const bool cut = zone_.is_cut(hider);
    zone_.report.add(cut ? Rule::hidden_by_cut : Rule::below_dname, place, [&] {
      return fmt::format("{} {} {} at {}", what(), cut ? "is hidden by the zone cut" : "is below the DNAME",
                         text_of_key(hider.key),
                         zone_.places.to_text(hider.find(cut ? Type::ns : Type::dname)->place, place));
    });
  }

  ZoneData& zone_;
  std::unordered_set<std::string> name_servers_;  // sort keys
};

}  // namespace

void check_hidden(ZoneData& zone) {
  HiddenData(zone).run();
}

}  // namespace ptrd::zone
