// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ptrd/wire/bytes.hpp"
#include "zone/check/data.hpp"
#include "zone/name.hpp"

// The parts of a zone's check, one file each. Findings go to `zone.report`; all except `check_plain_target`
// require a settled zone.
namespace ptrd::zone {

/// SOA: exactly one; names and timers as the registries' delegation checks require. NS: at least two at the
/// apex and at each cut.
void check_apex(ZoneData& zone);

/// RRsets whose TTLs differ, duplicate records, RRsets that no message can hold.
void check_sets(ZoneData& zone);

/// A record's data with its names in lower case: records with equal data are duplicates (RFC 2181 5, RFC
/// 4343).
[[nodiscard]] std::string comparable(uint16_t type, wire::Bytes data);

/// What one name may own together: CNAME, DNAME, DS, wildcards; labels that should be octets or nibbles.
void check_owners(ZoneData& zone);

/// Why the final dot of an owner, or of the $ORIGIN above it, seems to be missing: it repeats the zone's
/// name, or is a whole address below a part of one. Empty if it does not. `owner` is a sort key in the zone.
[[nodiscard]] std::string final_dot_fault(const ZoneData& zone, std::string_view owner);

/// Signatures: that they are not served, TTLs that differ from those of what they cover.
void check_signatures(ZoneData& zone);

/// The type that an RRSIG record covers (RFC 4034 3.1.1); 0: its data is too short.
[[nodiscard]] uint16_t type_covered(wire::Bytes rrsig);

/// Whether answers for the zone have signatures and proofs: its apex has a DNSKEY, and its SOA is signed.
[[nodiscard]] bool is_signed(const ZoneData& zone);

/// That the NSEC or NSEC3 chain of a signed zone is closed, or denials could not be answered rightly; reports
/// the first fault. A chain of more than `most_iterations` is not followed: no image is made of it.
void check_chain(ZoneData& zone, uint16_t most_iterations);

/// Data below a DNAME, data that a zone cut hides.
void check_hidden(ZoneData& zone);

/// A name in a record's data outside its zone: it may be an alias in another zone of the set.
struct OutsideTarget {
  uint64_t hash;
  uint32_t place;
  uint16_t type;
};

/// Targets of NS, MX, SRV and PTR: addresses, aliases, missing addresses. Returns targets outside the zone.
[[nodiscard]] std::vector<OutsideTarget> check_targets(ZoneData& zone);

/// The target of a PTR record at a whole address that is not a plain host name outside the reverse tree.
void check_plain_target(ZoneData& zone, wire::Bytes target, uint32_t place);

/// The rule that an alias as target of a type breaks.
[[nodiscard]] Rule alias_rule(uint16_t type);

}  // namespace ptrd::zone
