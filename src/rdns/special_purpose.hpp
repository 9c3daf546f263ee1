// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string_view>

#include "rdns/range.hpp"

namespace ptrd::rdns {

/// Addresses that a name server of a public zone cannot have.
struct SpecialPurpose {
  Prefix prefix;
  std::string_view what;  // "loopback"
  std::string_view rfc;   // "RFC 1122 3.2.1.3"
};

/// The most specific row of the IANA special-purpose registries (RFC 6890) and of multicast that contains an
/// address; null: an ordinary address. Addresses that the registries call globally reachable are ordinary,
/// except prefixes that embed IPv4 addresses.
[[nodiscard]] const SpecialPurpose* special_purpose(wire::Family family, Address address);

}  // namespace ptrd::rdns
