// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "ptrd/wire/name.hpp"
#include "rdns/range.hpp"

// Where reverse space is cut into zones: octets for IPv4 (RFC 1035 3.5), nibbles for IPv6 (RFC 3596 2.5), and
// for IPv4 prefixes longer than /24 the classless names of RFC 2317 and RFC 4183.
namespace ptrd::rdns {

/// The form of a classless zone's label, for 192.0.2.64/26: `64-127`, `64/26` (RFC 2317 4), `64-26` (RFC 4183
/// 2). The first and the last are ambiguous.
enum class Classless : uint8_t { dash, slash, rfc4183 };

/// TTL in seconds of the CNAME records in the parent zone, as used by the RIPE NCC.
inline constexpr uint32_t kCnameTtl = 432000;

struct DelegatedZone {
  wire::Name name;
  Range range;
  bool classless = false;  // the parent needs a CNAME for each address of `range`
};

/// The zones that a prefix needs, in address order; together they cover exactly the prefix. One if its length
/// is a boundary or it is classless, otherwise at most 128.
[[nodiscard]] std::vector<DelegatedZone> zones_of(const Prefix& prefix, Classless style = Classless::dash);

/// The most zones that a range needs: an edge at each end with up to 255 zones of an octet, or 15 of a
/// nibble, at every level.
inline constexpr size_t kMaxZones = 1300;
/// The zones that a range needs, in address order; together they cover exactly the range. Where a label with
/// a dash can name any part of a /24, that part is one zone; in the other styles it is one for each prefix.
[[nodiscard]] std::vector<DelegatedZone> zones_of(const Range& range, Classless style = Classless::dash);

/// The name of the classless zone for the addresses of one /24. `range` must be a prefix unless the style is
/// `dash`.
[[nodiscard]] wire::Name classless_name(const Range& range, Classless style);

/// `host` as a label before `zone`: the target of the parent's CNAME for an address.
[[nodiscard]] wire::Name cname_target(const wire::Name& zone, Address address);

/// The addresses of a zone, of a complete reverse name, or of a name below a classless zone. Error: why the
/// name has no addresses, as a sentence without the name.
[[nodiscard]] tl::expected<Range, std::string> range_of_name(const wire::Name& name,
                                                             Classless style = Classless::dash);

}  // namespace ptrd::rdns
