// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "dnssec/nsec3.hpp"
#include "ptrd/wire/bytes.hpp"
#include "zone/check/authority.hpp"
#include "zone/check/report.hpp"

// The chains of NSEC and NSEC3 records that prove what is not in a signed zone.
namespace ptrd::zone {

/// Takes what is found on the way along a chain.
struct ChainVisitor {
  /// A fault at a place; `text` returns its text.
  std::function<void(Rule, uint32_t place, const std::function<std::string()>& text)> fault;
  /// The record of a name, of which the bitmap of types is `types`; may be empty. `kind`: NSEC or NSEC3.
  std::function<void(const AuthorityName&, wire::Bytes types, uint32_t place, std::string_view kind)> record;
};

/// The NSEC chain (RFC 4034 4): a record at each of the names with records, that leads to the next one.
void follow_nsec_chain(const ZoneData& zone, std::span<const AuthorityName> names,
                       const ChainVisitor& visitor);
/// The NSEC3 chain with these parameters (RFC 5155 7.1), and that each name has its hash there or may opt
/// out. Hashes each name.
void follow_nsec3_chain(const ZoneData& zone, std::span<const AuthorityName> names,
                        const dnssec::Nsec3Parameters& parameters, const ChainVisitor& visitor);

}  // namespace ptrd::zone
