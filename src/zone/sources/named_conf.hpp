// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <vector>

#include "zone/sources/configuration.hpp"

namespace ptrd::zone {

/// The primary zones of a named.conf (BIND 9), and their files. Statements that do not say which zone is in
/// which file are skipped by their braces. `view`: the view whose zones are read; empty: the only one.
///
/// Relative paths are relative to `directory`; before that statement, and without it, to the configuration's
/// own folder. Zones of other types and classes, without a file, and of other views are counted.
[[nodiscard]] std::vector<Source> read_named_conf(Configuration& configuration, const std::string& view);

}  // namespace ptrd::zone
