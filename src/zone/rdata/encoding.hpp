// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "ptrd/wire/bytes.hpp"

// Bytes as the words of zone text.
namespace ptrd::zone {

/// Hexadecimal, in upper case.
[[nodiscard]] std::string hex_text(wire::Bytes bytes);
/// RFC 4648 4, with padding.
[[nodiscard]] std::string base64_text(wire::Bytes bytes);
/// RFC 4648 7 in lower case. Only of a multiple of 5 bytes: RFC 5155 3.3 leaves out the padding, and readers
/// of zone text want it.
[[nodiscard]] std::string base32hex_text(wire::Bytes bytes);

/// The octets of a character string: `\"`, `\\` and `\DDD` for what cannot be printed (RFC 1035 5.1).
[[nodiscard]] std::string escaped_text(wire::Bytes bytes);
/// The same in quotes.
[[nodiscard]] std::string quoted_text(wire::Bytes bytes);
/// The same in quotes where a word must have them: with blanks, `;`, parentheses, or nothing at all in it.
[[nodiscard]] std::string word_text(wire::Bytes bytes);

/// An IPv4 or IPv6 address, by its size.
[[nodiscard]] std::string address_text(wire::Bytes bytes);

/// A whole, uncompressed name, escaped for any reader of zone text: all that is not a letter, a digit or one
/// of `-_*/`. wire::Name::to_text escapes only what RFC 1035 5.1 says, for people.
[[nodiscard]] std::string name_text(wire::Bytes name);

/// Mnemonic of a type whose data zone text has a form for, else `TYPE123`: not all readers know the others.
[[nodiscard]] std::string type_text(uint16_t type);

}  // namespace ptrd::zone
