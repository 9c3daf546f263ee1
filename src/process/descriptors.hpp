// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>

namespace ptrd::process {

/// Raises the limit on open files to make room for `wanted` connections in addition to ptrd's other files;
/// beyond the hard limit if permitted. Returns the number of connections that there is room for.
[[nodiscard]] size_t make_room_for_connections(size_t wanted);

}  // namespace ptrd::process
