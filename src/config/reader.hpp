// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "config/config.hpp"

namespace ptrd::config {

/// Parses a configuration in YAML. Errors are "NAME:LINE:COLUMN: what, how to fix it". Unknown and duplicate
/// keys are errors. Missing keys are not: the command line may provide them.
[[nodiscard]] tl::expected<Config, std::string> parse_config(const std::string& text,
                                                             const std::string& name);
/// The same for a file of at most 1 MiB.
[[nodiscard]] tl::expected<Config, std::string> read_config(const std::string& path);

}  // namespace ptrd::config
