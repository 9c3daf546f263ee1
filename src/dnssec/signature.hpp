// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::dnssec {

/// An RRSIG record's data (RFC 4034 3.1). Times are seconds since 1970, modulo 2^32 (RFC 4034 3.1.5).
struct Signature {
  uint16_t type;  // that it covers
  uint8_t algorithm;
  uint8_t labels;  // of the owner, without the root and without a leftmost `*` (RFC 4034 3.1.3)
  uint32_t original_ttl;
  uint32_t expiration;
  uint32_t inception;
  uint16_t key_tag;
  wire::Bytes signer;
  wire::Bytes signature;
  wire::Bytes fields;  // all before the signer's name
};

/// Empty: the data have not the form of an RRSIG.
[[nodiscard]] std::optional<Signature> read_signature(wire::Bytes rdata);

/// Seconds from `time` to `then`, which lie within 68 years of each other (RFC 4034 3.1.5, RFC 1982).
[[nodiscard]] constexpr int32_t seconds_until(uint32_t then, uint32_t time) {
  return static_cast<int32_t>(then - time);
}

/// Data in canonical form: the names of the types that RFC 4034 6.2 lists (less those of RFC 6840 5.1) in
/// lower case. Appended to `out`.
void append_canonical(uint16_t type, wire::Bytes rdata, std::vector<uint8_t>& out);

/// What a signature signs (RFC 4034 3.1.8.1): `out` is replaced. `rdatas` are those of the RRset at `owner`,
/// an uncompressed name with at least `signature.labels` labels, in any order.
void signed_data(const Signature& signature, wire::Bytes owner, std::span<const wire::Bytes> rdatas,
                 std::vector<uint8_t>& out);

}  // namespace ptrd::dnssec
