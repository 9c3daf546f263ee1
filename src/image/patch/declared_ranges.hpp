// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>

#include "ptrd/image/image.hpp"

namespace ptrd::image {

/// The line of the longest range that contains a prefix and that the zone at `zone` declares; 0: none. The
/// tables of octets do not say that of an address with records of its own. `address`: host order, zero after
/// `bits`.
[[nodiscard]] uint32_t declared_around(const View& view, uint32_t address, unsigned bits, uint32_t zone);
/// Whether any range contains the prefix, or a part of it.
[[nodiscard]] bool is_declared_at(const View& view, uint32_t address, unsigned bits);

}  // namespace ptrd::image
