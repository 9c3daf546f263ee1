// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::wire {

/// The positions of names in a type's data: `before` bytes, then `names` names, then `after` bytes. Types
/// that are not listed contain no names that a server must process (RFC 3597 4).
struct RdataLayout {
  uint8_t before = 0;
  uint8_t names = 0;
  uint8_t after = 0;
  bool compressible = false;  // only the types of RFC 1035 3.3 (RFC 3597 4)
};
[[nodiscard]] RdataLayout rdata_layout(uint16_t type);

/// Whether `rdata` (names uncompressed) matches its layout; always true for a type without names.
[[nodiscard]] bool rdata_is_well_formed(uint16_t type, Bytes rdata);

/// The first name in the data of a type that has one: the target of NS, CNAME, PTR, DNAME, MX, SRV. Empty if
/// there is no such name.
[[nodiscard]] Bytes rdata_name(uint16_t type, Bytes rdata);

/// Mnemonic of a type, or `TYPE123` (RFC 3597 5).
[[nodiscard]] std::string type_to_text(uint16_t type);
/// Parses either form; empty if it is neither.
[[nodiscard]] std::optional<uint16_t> type_from_text(std::string_view text);

}  // namespace ptrd::wire
