// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string_view>

#include "rdns/range.hpp"

namespace ptrd::rdns {

/// Addresses that no name server of a public zone can have.
struct SpecialPurpose {
  Prefix prefix;
  std::string_view what;  // "loopback"
  std::string_view rfc;   // "RFC 1122 3.2.1.3"
};

/// The rows of the IANA special-purpose registries (RFC 6890) and of multicast that an address is in, the
/// most specific one; null: an ordinary address. What the registries call globally reachable is ordinary, but
/// for prefixes that stand for IPv4 addresses.
[[nodiscard]] const SpecialPurpose* special_purpose(wire::Family family, Address address);

}  // namespace ptrd::rdns
