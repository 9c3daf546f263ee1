// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "config/config.hpp"
#include "lib/exit_status.hpp"

namespace ptrd {

/// The command line of ptrd.
struct Options {
  config::Config config;    // the file's keys, overridden by options
  std::string config_file;  // empty: none
  double duration = 0;      // seconds; 0: until a signal
  bool check_only = false;
};

/// Reads the command line and the file that it names. An option overrides the file's key.
[[nodiscard]] tl::expected<Options, Refusal> read_options(int argc, char** argv);

}  // namespace ptrd
