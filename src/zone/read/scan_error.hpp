// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "zone/read/scanner.hpp"

namespace ptrd::zone {

/// The sentence fragment for the current error of `scanner`: what is wrong, the word where it was found, and
/// how to fix it. `line` is the line's text, up to its end.
[[nodiscard]] std::string explain_error(const zs_scanner_t& scanner, std::string_view line);

inline constexpr uint16_t kNsec3 = 50;
inline constexpr const char* kPaddedHash = "Base32hex in an NSEC3 record has no padding (RFC 5155 3.3)";

/// Whether the hash in an NSEC3 record, which `scanner` has read from `text`, is padded. libzscanner takes
/// one that is padded to a multiple of eight digits, and none that would have to be.
[[nodiscard]] bool has_padding(const zs_scanner_t& scanner, std::string_view text);

inline bool has_padded_hash(const zs_scanner_t& scanner, std::string_view text) {
  return scanner.r_type == kNsec3 && has_padding(scanner, text);
}

/// Whether the data that `scanner` has read may hold a parenthesis too many: in a string without quotes it
/// takes one that touches the string for a part of it, and for a parenthesis as well (`TXT (a)`).
[[nodiscard]] bool may_hold_parentheses(const zs_scanner_t& scanner);

}  // namespace ptrd::zone
