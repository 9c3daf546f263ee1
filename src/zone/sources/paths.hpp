// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <vector>

#include "zone/sources/source.hpp"

namespace ptrd::zone {

/// The sources that a command line's PATH names: `APEX=FILE`, a file, or a folder with its subfolders, whose
/// files are sorted by path. Errors go to `findings`, and a note about each file of a folder that is not
/// read. `include_paths` as in ReadOptions.
[[nodiscard]] std::vector<Source> sources_of(const std::string& path, std::vector<Finding>& findings,
                                             const std::vector<std::string>& include_paths = {});

}  // namespace ptrd::zone
