// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
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
namespace layout {
inline constexpr auto kOfTypes = [] {
  std::array<RdataLayout, 40> of{};
  // NS, MD, MF, CNAME, MB, MG, MR, PTR
  for (const unsigned type : {2U, 3U, 4U, 5U, 7U, 8U, 9U, 12U}) of[type] = {.names = 1, .compressible = true};
  of[6] = {.names = 2, .after = 20, .compressible = true};   // SOA
  of[14] = {.names = 2, .compressible = true};               // MINFO
  of[15] = {.before = 2, .names = 1, .compressible = true};  // MX
  // AFSDB (RFC 1183), RT, KX (RFC 2230)
  for (const unsigned type : {18U, 21U, 36U}) of[type] = {.before = 2, .names = 1};
  of[33] = {.before = 6, .names = 1};  // SRV, RFC 2782
  of[39] = {.names = 1};               // DNAME, RFC 6672
  return of;
}();
}  // namespace layout
[[nodiscard]] constexpr RdataLayout rdata_layout(uint16_t type) {
  return type < layout::kOfTypes.size() ? layout::kOfTypes[type] : RdataLayout{};
}

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
