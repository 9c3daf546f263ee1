// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::zone {

/// Who reads the text. `dig`: people, who know it from dig (BIND 9.18): only what RFC 1035 5.1 says is
/// escaped in names, and a few forms are not those of zone files.
enum class TextStyle : uint8_t { zone_file, dig };

/// A record's data as zone text has it, in one line. Data of a type without a form of its own, and data that
/// would not be the same when that form is read, are written in the one of RFC 3597 5: `\# 2 0A1F`. So
/// whatever the bytes are, what is read back from `zone_file` is these bytes.
[[nodiscard]] std::string rdata_to_text(uint16_t type, wire::Bytes rdata,
                                        TextStyle style = TextStyle::zone_file);

/// A whole, uncompressed name.
[[nodiscard]] std::string name_to_text(wire::Bytes name, TextStyle style);

/// Data in the form of RFC 3597 5.
[[nodiscard]] std::string generic_rdata_text(wire::Bytes rdata);

}  // namespace ptrd::zone
