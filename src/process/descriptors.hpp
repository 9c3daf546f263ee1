// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>

namespace ptrd::process {

/// Raises the limit on open files so that there is room for `wanted` connections beside all else that ptrd
/// has open; beyond the hard limit where it may. Returns for how many there is room.
[[nodiscard]] size_t make_room_for_connections(size_t wanted);

}  // namespace ptrd::process
