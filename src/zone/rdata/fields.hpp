// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <span>

namespace ptrd::zone {

/// A part of a record's data, and how zone text shows it.
enum class Field : uint8_t {
  u8,  // decimal numbers
  u16,
  u32,
  time,       // 32 bits, seconds since 1970, as YYYYMMDDHHmmSS (RFC 4034 3.2)
  type,       // an RR type
  name,       // a domain name, uncompressed
  ipv4,       // 4 bytes
  ipv6,       // 16 bytes
  eui48,      // 6 bytes, hexadecimal with hyphens (RFC 7043 3.2)
  eui64,      // 8 bytes (RFC 7043 4.2)
  locator64,  // 8 bytes, four groups of hexadecimal digits (RFC 6742 2.3.2)
  string,     // length and bytes, in quotes (RFC 1035 3.3)
  tag,        // the same, in quotes only where it needs them (RFC 8659 4.1)
  salt,       // length and bytes, hexadecimal, "-" for none (RFC 5155 3.3)
  hash,       // length and bytes, base32hex (RFC 5155 3.3)
  location,   // 16 bytes (RFC 1876 3)
  gateway,    // type of the gateway, algorithm, the gateway, the key (RFC 4025 2)
  relay,      // discovery bit and type of the relay, the relay (RFC 8777 4.2)
  hip,        // host identity tag and public key, behind their lengths and the algorithm (RFC 8005 5)
  scheme,     // one byte, 1 is NOTIFY (RFC 9859 2.1)
  // All that is left:
  maybe_string,  // a string, or nothing (RFC 1183 3.2)
  names,         // domain names, or nothing (RFC 8005 5)
  services,      // a protocol's number, and a bit for each port (RFC 1035 3.4.2)
  nsap,          // hexadecimal behind 0x (RFC 1706 5)
  strings,       // one or more character strings
  text,          // bytes in quotes (RFC 7553 4.4, RFC 8659 4.1.1)
  hex,           // one byte or more
  base64,        // one byte or more
  types,         // bitmaps of RR types (RFC 4034 4.1.2)
  prefixes,      // address prefixes (RFC 3123 4)
  parameters,    // SvcParams (RFC 9460 2.1)
};

/// The parts of the data of a type that zone text has a form for, in their order. Nothing for all other
/// types: their data, and their mnemonic, are written in the form of RFC 3597 5. Where wire::rdata_layout
/// says that a type has names, they are here in the same place.
[[nodiscard]] std::span<const Field> rdata_fields(uint16_t type);

}  // namespace ptrd::zone
