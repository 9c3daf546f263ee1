// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "exit_status.hpp"

// Common to the command lines of all programs. CLI11 takes many seconds to compile: only the options.cpp
// files include this.
namespace ptrd {

/// Adds --version, and reports errors in one line.
inline void set_up(CLI::App& app, const std::string& program) {
  app.set_version_flag("--version", PTRD_VERSION);
  app.failure_message([program](const CLI::App*, const CLI::Error& error) {
    return program + ": " + error.what() + "; see " + program + " --help\n";
  });
}

/// Parses the command line into the variables bound to the options of `app`. Reports errors at once, and
/// prints help.
[[nodiscard]] inline tl::expected<void, Refusal> parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(Refusal{app.exit(error) == 0 ? kDone : kUsage, ""});
  }
  return {};
}

/// The subcommands of a program, one of which is required. `Options` is a variant with one struct for each.
template <class Options>
class Subcommands {
 public:
  explicit Subcommands(CLI::App& app) : app_(app) { app.require_subcommand(1); }

  /// `bind` adds the options of the subcommand to it and binds them to the struct.
  template <class Chosen>
  void add(const char* name, const char* help, void (*bind)(CLI::App&, Chosen&)) {
    CLI::App* command = app_.add_subcommand(name, help);
    all_.emplace_back(command, std::make_unique<Options>(Chosen()));
    bind(*command, std::get<Chosen>(*all_.back().second));
  }

  /// The options of the chosen subcommand, after parsing.
  [[nodiscard]] const Options& chosen() const {
    size_t i = 0;
    while (!all_[i].first->parsed()) ++i;
    return *all_[i].second;
  }

 private:
  CLI::App& app_;
  std::vector<std::pair<const CLI::App*, std::unique_ptr<Options>>> all_;  // bound: must not move
};

}  // namespace ptrd
