// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "ptrd/wire/bytes.hpp"

using EVP_PKEY = struct evp_pkey_st;
using EVP_MD = struct evp_md_st;

namespace ptrd::dnssec {

/// A DNSKEY record's data (RFC 4034 2.1).
struct KeyData {
  static constexpr uint16_t kZoneKey = 0x0100;     // RFC 4034 2.1.1: otherwise it verifies nothing
  static constexpr uint16_t kRevoked = 0x0080;     // RFC 5011 7
  static constexpr uint16_t kEntryPoint = 0x0001;  // RFC 4034 2.1.1: a hint, no more
  static constexpr uint8_t kProtocol = 3;          // RFC 4034 2.1.2: the only one

  uint16_t flags;
  uint8_t protocol;
  uint8_t algorithm;
  wire::Bytes key;
  uint16_t tag;

  /// Whether signatures of the zone may be made with it (RFC 4034 2.1.1, 2.1.2).
  [[nodiscard]] bool signs() const { return (flags & kZoneKey) != 0 && protocol == kProtocol; }
};

/// Empty: the data have not the form of a DNSKEY.
[[nodiscard]] std::optional<KeyData> read_key(wire::Bytes rdata);

/// What an RRSIG calls its key by (RFC 4034 B; different keys may have the same one).
[[nodiscard]] uint16_t key_tag(wire::Bytes rdata);

/// The digest of a DNSKEY record's data for a DS or CDS record (RFC 4034 5.1.4, 4509, 6605). `owner` is in
/// lower case. Empty: `kind` is not SHA-1, SHA-256 or SHA-384.
[[nodiscard]] std::optional<std::vector<uint8_t>> key_digest(wire::Bytes owner, wire::Bytes rdata,
                                                             uint8_t kind);

/// `ECDSAP256SHA256`, or `algorithm 99` (IANA "DNS Security Algorithm Numbers").
[[nodiscard]] std::string algorithm_to_text(uint8_t algorithm);

/// A key that verifies signatures: RSA with SHA-1, SHA-256 and SHA-512 (RFC 3110, 5702), ECDSA P-256 and
/// P-384 (RFC 6605), Ed25519 and Ed448 (RFC 8080). Threads may share it.
class PublicKey {
 public:
  /// Error: a sentence fragment, such as "algorithm 99 is not supported".
  [[nodiscard]] static tl::expected<PublicKey, std::string> from(uint8_t algorithm, wire::Bytes key);

  /// Whether `signature`, in the form of an RRSIG, is one of `data` by this key.
  [[nodiscard]] bool verifies(wire::Bytes data, wire::Bytes signature) const;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const;
  };
  using Handle = std::unique_ptr<EVP_PKEY, Free>;

  PublicKey(Handle key, const EVP_MD* digest, size_t coordinate)
      : key_(std::move(key)), digest_(digest), coordinate_(coordinate) {}

  [[nodiscard]] static Handle rsa(wire::Bytes key);
  [[nodiscard]] static Handle curve(const char* group, wire::Bytes point);
  [[nodiscard]] static Handle edwards(int kind, wire::Bytes key);

  Handle key_;
  const EVP_MD* digest_;  // null: a part of the algorithm
  size_t coordinate_;     // octets of r and of s in an ECDSA signature; 0: another algorithm
};

}  // namespace ptrd::dnssec
