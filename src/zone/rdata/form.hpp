// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::zone {

/// Whether data has the fixed fields, names and strings of its type, and nothing after them. What a last
/// field of any length contains is not checked. True for types that zone text has no form for. Only data in
/// the form of RFC 3597 5 can be wrong; a client rejects the whole message that contains it.
[[nodiscard]] bool rdata_has_form(uint16_t type, wire::Bytes rdata);

}  // namespace ptrd::zone
