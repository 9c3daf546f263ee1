// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "options.hpp"

namespace ptrd::ctl {

/// Makes a new image of that in service and its journal, in this process, and has ptrd take it. Returns the
/// exit status.
[[nodiscard]] int run_compact(const std::string& socket, const CompactOptions& options);

}  // namespace ptrd::ctl
