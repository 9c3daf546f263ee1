// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dnssec/key.hpp"
#include "zone/check/authority.hpp"
#include "zone/check/data.hpp"
#include "zone/dnssec/check.hpp"

// The parts of the check of a signed zone, one file each. All require that there are records at the apex.
namespace ptrd::zone {

/// Calls `visit(std::span<const Item>)` for each RRset of an owner.
template <typename Visit>
void for_each_set(const Owner& owner, Visit&& visit) {
  for (size_t i = 0, end = 0; i < owner.items.size(); i = end) {
    for (end = i + 1; end < owner.items.size() && owner.items[end].type == owner.items[i].type;) ++end;
    visit(owner.items.subspan(i, end - i));
  }
}

/// The keys that a zone's signatures are verified with.
class ZoneKeys {
 public:
  /// Of the DNSKEY records at the apex. Reports those that cannot be used, and CDS and CDNSKEY records that
  /// belong to none (RFC 7344 4.1).
  explicit ZoneKeys(ZoneData& zone);

  /// All with this tag and algorithm; more than one is rare, and more than `kMaxSame` of them are left out:
  /// colliding tags make validation dear (CVE-2023-50387).
  [[nodiscard]] std::span<const dnssec::PublicKey> find(uint16_t tag, uint8_t algorithm) const;
  /// Whether a key with this tag and algorithm is in the zone, even if its signatures cannot be verified.
  [[nodiscard]] bool has(uint16_t tag, uint8_t algorithm) const;
  /// The algorithms of the keys, ascending, without duplicates.
  [[nodiscard]] const std::vector<uint8_t>& algorithms() const { return algorithms_; }

  static constexpr size_t kMaxSame = 4;

 private:
  void add(ZoneData& zone, const Item& item);
  void check_child_records(ZoneData& zone, const Owner& apex);

  std::unordered_map<uint32_t, std::vector<dnssec::PublicKey>> keys_;  // by algorithm and tag
  std::vector<uint8_t> algorithms_;
};

/// That each RRset has a good signature, and what is signed that must not be.
void check_signed_sets(ZoneData& zone, std::span<const AuthorityName> names, const ZoneKeys& keys,
                       const DnssecCheck& how);

/// Reports where `bitmap`, of the NSEC or NSEC3 record at `place`, differs from the types that a name has.
void check_types(ZoneData& zone, const AuthorityName& name, wire::Bytes bitmap, uint32_t place,
                 std::string_view record);

}  // namespace ptrd::zone
