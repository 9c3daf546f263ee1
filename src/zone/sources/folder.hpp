// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <vector>

#include "zone/finding.hpp"

namespace ptrd::zone {

/// How deep folders may be nested.
inline constexpr size_t kMaxFolderDepth = 32;

/// The files in a folder and its subfolders, sorted by path. Links are followed, but no folder is read twice.
/// What is not read, hidden folders and what is not a file, has a note in `findings`.
[[nodiscard]] std::vector<std::string> files_below(const std::string& folder, std::vector<Finding>& findings);

}  // namespace ptrd::zone
