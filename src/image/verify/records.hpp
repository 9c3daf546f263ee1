// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>

#include "ptrd/image/format.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::image {

/// The total size in bytes of the record at the start of `bytes`; empty if it is not a complete, well-formed
/// stored record of `type`.
[[nodiscard]] std::optional<size_t> stored_record_size(wire::Bytes bytes, uint16_t type);

/// Checks the records of an RRset, whose bytes are exactly `records`; `line` is for the fault. Throws a
/// Fault.
void check_records(const Rrset& set, wire::Bytes records, uint64_t line);

/// The same for RRSIG records, which must also be in the order of the types that they cover, and have the
/// fixed part and the name of RFC 4034 3.1.
void check_signatures(const Rrset& set, wire::Bytes records, uint64_t line);

/// Types of a Node's RRsets that its flags indicate.
struct SeenTypes {
  bool soa = false;
  bool ns = false;
  bool cname = false;
  bool dname = false;
  bool other = false;  // none of DS, NSEC, RRSIG
  void add(uint16_t type);
};

/// Checks a Node's flags, except the wildcard flag. Throws a Fault.
void check_flags(const Node& node, const SeenTypes& seen, uint64_t line);

/// Checks the SOA of a zone's negative answers, whose bytes are exactly `soa`; `line` is the zone's. Throws a
/// Fault.
void check_negative_soa(const Zone& zone, wire::Bytes soa, uint64_t line);

}  // namespace ptrd::image
