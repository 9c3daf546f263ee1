// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "ptrd/wire/bytes.hpp"
#include "zone/rdata/text.hpp"

namespace ptrd::zone {

/// The data of a LOC record (RFC 1876 3), such as `42 21 54 N  71 6 18 W  -24m  30m 10000m 10m` (dig:
/// `42 21 54.000 N 71 6 18.000 W -24.00m 30m 10000m 10m`). False: it is
/// of another version, or has values that the text has no form for.
[[nodiscard]] bool put_location(wire::Cursor& in, TextStyle style, std::string& out);

}  // namespace ptrd::zone
