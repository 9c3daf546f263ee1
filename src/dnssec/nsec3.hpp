// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::dnssec {

/// The SHA-1 digest of a name (RFC 5155 11: the only algorithm).
using NameHash = std::array<uint8_t, 20>;

/// What NSEC3 and NSEC3PARAM data start with (RFC 5155 3, 4).
struct Nsec3Parameters {
  static constexpr uint8_t kSha1 = 1;
  static constexpr uint8_t kOptOut = 1;  // a flag (RFC 5155 3.1.2)

  uint8_t algorithm;
  uint8_t flags;
  uint16_t iterations;
  wire::Bytes salt;

  /// Whether names have the same hash: all but the flags are equal.
  [[nodiscard]] bool same_hash(const Nsec3Parameters& other) const;
};

/// An NSEC3 record's data (RFC 5155 3.2).
struct Nsec3 {
  Nsec3Parameters parameters;
  wire::Bytes next;   // hash of the next owner
  wire::Bytes types;  // bitmap
};

/// Empty: the data have not the form of an NSEC3PARAM.
[[nodiscard]] std::optional<Nsec3Parameters> read_nsec3param(wire::Bytes rdata);
/// Empty: the data have not the form of an NSEC3.
[[nodiscard]] std::optional<Nsec3> read_nsec3(wire::Bytes rdata);

/// The hash of an uncompressed name in lower case (RFC 5155 5). Requires `parameters.algorithm` to be SHA-1;
/// takes `iterations + 1` digests.
[[nodiscard]] NameHash hash_name(wire::Bytes name, const Nsec3Parameters& parameters);

/// The hash that a first label says (RFC 5155 3, base32hex in any case); empty: it says none.
[[nodiscard]] std::optional<NameHash> hash_from_label(wire::Bytes label);

}  // namespace ptrd::dnssec
