// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "options.hpp"

// Changes sent to ptrd. Each function gives the program's exit status.
namespace ptrd::ctl {

/// All batches of a file, one after another; the first that is refused ends it.
[[nodiscard]] int run_apply(const std::string& socket, const ApplyOptions& options);
/// One change.
[[nodiscard]] int run_change(const std::string& socket, const ChangeOptions& options);

}  // namespace ptrd::ctl
