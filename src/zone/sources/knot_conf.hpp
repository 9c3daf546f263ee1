// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <vector>

#include "zone/sources/configuration.hpp"

namespace ptrd::zone {

/// The primary zones of a knot.conf (Knot DNS 3), and their files: zones without `master`, by themselves or
/// by their template. Files are relative to `storage`, by default /var/lib/knot, and named "%s.zone" unless
/// `file` says otherwise. Zones that are secondary, or not loaded from files, are counted.
///
/// The language only looks like YAML: `file: %s.zone` is common, and an error in YAML. So a line is read for
/// itself, as Knot does it: `KEY: VALUE`, `- KEY: VALUE` for a new item of a section, indented under the
/// section's own line.
[[nodiscard]] std::vector<Source> read_knot_conf(Configuration& configuration);

}  // namespace ptrd::zone
