// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The subcommands of ptrzone: one file each, ptrzone_NAME.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "image/builder.hpp"

namespace ptrd::tools {

/// Exit status: the work is done, it failed, or it was not understood.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

/// A subcommand that has been added to the program, and what runs it (exit status) once its options are
/// parsed.
struct Subcommand {
  CLI::App* app;
  std::function<int()> run;
};

Subcommand add_compile(CLI::App& app);
Subcommand add_check(CLI::App& app);
Subcommand add_lint(CLI::App& app);
Subcommand add_lookup(CLI::App& app);
Subcommand add_dump(CLI::App& app);
Subcommand add_forward(CLI::App& app);
Subcommand add_map(CLI::App& app);
Subcommand add_diff(CLI::App& app);
Subcommand add_info(CLI::App& app);

/// Prints "ptrzone: `what`" to stderr; gives kFailed.
int fail(std::string_view what);

/// "1 zone", "2 zones".
std::string plural(uint64_t count, std::string_view what);

/// What a set of zone files holds.
struct ReadZones {
  size_t zones = 0;
  uint64_t records = 0;
  size_t errors = 0;
  size_t warnings = 0;
};

/// Reads and checks all zones, also into `builder` when there is one, `jobs` files at a time, and prints the
/// findings to `out`. `strict`: warnings are errors.
ReadZones read_zones(const std::vector<std::string>& paths, unsigned jobs, image::Builder* builder,
                     bool strict, std::FILE* out);

/// What PATH is, for the help.
inline constexpr const char* kPathHelp = "zone file, folder of *.zone files, or APEX=FILE";

/// Zone files to read at a time unless told: one a CPU.
unsigned default_jobs();

/// Whether the file starts as an image does; else it is zone text, or nothing at all.
[[nodiscard]] bool is_image(const std::string& path);

}  // namespace ptrd::tools
