// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::dnssec {

/// The types of a bitmap (RFC 4034 4.1.2), ascending. Empty: it has not that form: blocks that are empty,
/// longer than 32 octets, end in a zero octet, or are out of order.
[[nodiscard]] std::optional<std::vector<uint16_t>> read_type_bitmap(wire::Bytes bitmap);

}  // namespace ptrd::dnssec
