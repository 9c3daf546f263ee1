// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string_view>

#include "options.hpp"

// The subcommands of rdns, each in a file of its own, rdns_NAME.cpp.
namespace ptrd::cli {

/// Each does what is asked for and gives the exit status. What the libraries throw goes through.
int run(const NameOptions& options);
int run(const ZonesOptions& options);
int run(const ObjectsOptions& options);
int run(const ZonefileOptions& options);
int run(const PolicyOptions& options);
int run(const CheckOptions& options);
int run(const VerifyOptions& options);

/// Says on standard error what went wrong; gives the status for it.
int fail(std::string_view what, int status = kFailed);

}  // namespace ptrd::cli
