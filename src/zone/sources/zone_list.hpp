// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <vector>

#include "zone/sources/configuration.hpp"

namespace ptrd::zone {

/// The zones of a list: a line `APEX FILE` for each. FILE may contain spaces, and is relative to the list's
/// folder. Blank lines, and lines that start with '#' or ';', are ignored.
[[nodiscard]] std::vector<Source> read_zone_list(Configuration& configuration);

}  // namespace ptrd::zone
