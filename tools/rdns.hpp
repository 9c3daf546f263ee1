// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string_view>

// The subcommands of rdns, each in a file of its own, rdns_NAME.cpp.
namespace ptrd::cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

/// A subcommand with its options, and what it does once they are read; gives the exit status.
struct Command {
  CLI::App* app;
  std::function<int()> run;
};

Command name_command(CLI::App& app);
Command zones_command(CLI::App& app);
Command objects_command(CLI::App& app);
Command zonefile_command(CLI::App& app);
Command policy_command(CLI::App& app);
Command check_command(CLI::App& app);
Command verify_command(CLI::App& app);

/// Says on standard error what went wrong; gives the status for it.
int fail(std::string_view what, int status = kFailed);

}  // namespace ptrd::cli
