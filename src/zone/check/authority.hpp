// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zone/check/data.hpp"

namespace ptrd::zone {

/// A name that the zone has an answer for: with records, a zone cut, or an empty non-terminal.
struct AuthorityName {
  std::string_view key;
  const Owner* owner;  // null: an empty non-terminal, or a name with nothing but plain PTRs
  bool cut;            // only its DS and NSEC records are the zone's own (RFC 4035 2.2)
  bool plain = false;  // it has no owner, but plain PTRs
  uint32_t place;      // of a record at the name, or below it

  [[nodiscard]] bool empty() const { return owner == nullptr && !plain; }
  [[nodiscard]] bool insecure_cut() const { return cut && !owner->has(wire::Type::ds); }
  /// Whether the zone answers for its records of a type, and signs them.
  [[nodiscard]] bool signs(uint16_t type) const;
};

/// The names of a settled zone in canonical order, without what cuts and DNAMEs hide, and without names that
/// own only NSEC3 records (RFC 5155 7.1). Refers to the zone.
class AuthorityNames {
 public:
  explicit AuthorityNames(const ZoneData& zone);

  [[nodiscard]] std::span<const AuthorityName> all() const { return names_; }

 private:
  template <typename Address>
  void find_plain(const ZoneData& zone, const PlainPtrs<Address>& records);
  void add(const ZoneData& zone, const AuthorityName& name);

  std::deque<std::string> keys_;      // of names with nothing but plain PTRs
  std::vector<AuthorityName> plain_;  // these names
  std::vector<AuthorityName> names_;
};

}  // namespace ptrd::zone
