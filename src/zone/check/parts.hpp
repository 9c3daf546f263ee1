// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <vector>

#include "ptrd/wire/bytes.hpp"
#include "zone/check/data.hpp"
#include "zone/name.hpp"

// The parts of a zone's check, a file each. Findings go to `zone.report`; all but `check_plain_target` want a
// settled zone.
namespace ptrd::zone {

/// SOA: one; names and timers as delegation checks of the registries want them. NS: two at least at the apex
/// and at each cut.
void check_apex(ZoneData& zone);

/// Sets whose TTLs differ, records that stand twice.
void check_sets(ZoneData& zone);

/// What stands at one name beside what: CNAME, DNAME, DS, wildcards; labels that should be octets or nibbles.
void check_owners(ZoneData& zone);

/// Data below a DNAME, data that a zone cut hides.
void check_hidden(ZoneData& zone);

/// A name in a record's data that lies outside of its zone: it may be an alias in another zone of the set.
struct OutsideTarget {
  uint64_t hash;
  uint32_t place;
  uint16_t type;
};

/// Targets of NS, MX, SRV and PTR: addresses, aliases, addresses that are missing. Gives those outside of the
/// zone.
[[nodiscard]] std::vector<OutsideTarget> check_targets(ZoneData& zone);

/// The target of a PTR record at a whole address that is no plain host name outside of the reverse tree.
void check_plain_target(ZoneData& zone, wire::Bytes target, uint32_t place);

/// The rule that an alias as target of a type breaks.
[[nodiscard]] Rule alias_rule(uint16_t type);

}  // namespace ptrd::zone
