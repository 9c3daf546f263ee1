// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "config/config.hpp"

namespace ptrd::config {

/// The configuration in a YAML text. Errors are "NAME:LINE:COLUMN: what, how to fix it". Unknown and
/// duplicate keys are errors. Missing ones are not: the command line may have them.
[[nodiscard]] tl::expected<Config, std::string> parse_config(const std::string& text,
                                                             const std::string& name);
/// The same for a file, 1 MiB at most.
[[nodiscard]] tl::expected<Config, std::string> read_config(const std::string& path);

}  // namespace ptrd::config
