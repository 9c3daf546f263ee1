// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone check: what is wrong with zone files.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "ptrzone.hpp"

namespace ptrd::tools {

namespace {

struct Options {
  std::vector<std::string> paths;
  bool strict = false;
};

int check(const Options& options) {
  const ReadZones read = read_zones(options.paths, default_jobs(), nullptr, options.strict, stdout);
  fmt::print("{}, {}: {}, {}\n", plural(read.zones, "zone"), plural(read.records, "record"),
             plural(read.errors, "error"), plural(read.warnings, "warning"));
  if (std::fflush(stdout) != 0) return fail("cannot write the output");
  return read.errors == 0 ? kDone : kFailed;
}

}  // namespace

Subcommand add_check(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("check", "what is wrong with zone files");
  command->add_option("PATH", options->paths, kPathHelp)->required();
  command->add_flag("--strict", options->strict, "warnings are errors");
  return {.app = command, .run = [options] { return check(*options); }};
}

}  // namespace ptrd::tools
