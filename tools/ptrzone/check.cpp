// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone check: checks zone files for errors.
#include <fmt/core.h>

#include <cstdio>

#include "subcommands.hpp"

namespace ptrd::tools {

int run(const CheckOptions& options) {
  const ReadZones read = read_zones(options.inputs, default_jobs(), nullptr, options.strict, stdout);
  fmt::print("{}, {}: {}, {}\n", plural(read.zones, "zone"), plural(read.records, "record"),
             plural(read.errors, "error"), plural(read.warnings, "warning"));
  return read.errors == 0 ? kDone : kFailed;
}

}  // namespace ptrd::tools
