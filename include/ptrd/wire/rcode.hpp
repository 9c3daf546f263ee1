// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>

namespace ptrd::wire {

/// Mnemonic of a response code (IANA "DNS RCODEs"), or `RCODE12`.
[[nodiscard]] std::string rcode_to_text(uint16_t rcode);

/// The 12 bits of a response code (RFC 6891 6.1.3): the lower four in the header, the others in the TTL of
/// the OPT record.
[[nodiscard]] constexpr uint16_t extended_rcode(uint16_t in_header, uint32_t opt_ttl) {
  return static_cast<uint16_t>((in_header & 15U) | opt_ttl >> 24U << 4U);
}

}  // namespace ptrd::wire
