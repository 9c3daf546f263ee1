// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::zone {

/// A record's data as zone text has it, in one line. Data of a type without a form of its own, and data that
/// would not be the same when that form is read, are written in the one of RFC 3597 5: `\# 2 0A1F`. So
/// whatever the bytes are, what is read back is these bytes.
[[nodiscard]] std::string rdata_to_text(uint16_t type, wire::Bytes rdata);

/// Data in the form of RFC 3597 5.
[[nodiscard]] std::string generic_rdata_text(wire::Bytes rdata);

}  // namespace ptrd::zone
