// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <vector>

#include "zone/sources/configuration.hpp"

namespace ptrd::zone {

/// The primary zones of an nsd.conf (NSD 4), and their files: zones without `request-xfr`, by themselves or
/// by their patterns, and those of the `zonelistfile` that is named. Relative paths are relative to
/// `zonesdir`, by default the configuration's own folder. Zones that are secondary or without a file are
/// counted.
[[nodiscard]] std::vector<Source> read_nsd_conf(Configuration& configuration);

}  // namespace ptrd::zone
