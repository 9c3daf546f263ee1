// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::image {

/// The SHA-1 digest of a name (RFC 5155 5).
using Nsec3Hash = std::array<uint8_t, 20>;

/// The hash of an uncompressed name, whatever its case: takes `iterations + 1` digests, and no allocation.
[[nodiscard]] Nsec3Hash nsec3_hash(wire::Bytes name, wire::Bytes salt, uint16_t iterations);

}  // namespace ptrd::image
