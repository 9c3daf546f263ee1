// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>

#include "ptrd/image/format.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::image {

/// A record at `p`: its whole size in bytes, 0 when it is not a stored record of `type` that ends by `end`.
[[nodiscard]] size_t stored_record_size(const uint8_t* p, const uint8_t* end, uint16_t type);

/// Types of a Node's record sets that its flags tell of.
struct SeenTypes {
  bool soa = false;
  bool ns = false;
  bool cname = false;
  bool dname = false;
  void add(uint16_t type);
};

/// Checks a Node's flags, all but the wildcard's. Throws a Fault.
void check_flags(const Node& node, const SeenTypes& seen, uint32_t line);

/// Checks the SOA of a zone's negative answers, all of whose bytes are `soa`; `line` is the zone's. Throws a
/// Fault.
void check_negative_soa(const Zone& zone, wire::Bytes soa, uint32_t line);

}  // namespace ptrd::image
