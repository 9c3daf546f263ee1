// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "lib/program.hpp"
#include "options.hpp"

// The subcommands of rdns, each in a file of its own, NAME.cpp.
namespace ptrd::cli {

/// Each does what is asked for and gives the exit status. What the libraries throw goes through, and standard
/// output is written by the caller.
int run(const NameOptions& options);
int run(const ZonesOptions& options);
int run(const ObjectsOptions& options);
int run(const ZonefileOptions& options);
int run(const PolicyOptions& options);
int run(const CheckOptions& options);
int run(const VerifyOptions& options);

}  // namespace ptrd::cli
