// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <vector>

#include "zone/read/reader.hpp"

namespace ptrd::zone {

/// Like `read_zone_file`, but a separate thread reads the text, a few thousand records ahead of `sink`, which
/// is called in this thread: so one large zone keeps two CPUs busy.
bool read_zone_file_ahead(const std::string& path, const ReadOptions& options,
                          const std::function<void(const Record&)>& sink, std::vector<Finding>& findings);

}  // namespace ptrd::zone
