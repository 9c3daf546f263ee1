// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "ptrd/wire/bytes.hpp"
#include "zone/rdata/text.hpp"

namespace ptrd::zone {

/// SvcParams (RFC 9460 2.1), such as `alpn=h2,h3 port=443` (dig: `alpn="h2,h3"`); nothing where there are
/// none. False: they are malformed, or not in the one order that the data may have.
[[nodiscard]] bool put_parameters(wire::Bytes data, TextStyle style, std::string& out);

}  // namespace ptrd::zone
