// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// rdns: the delegation side of reverse DNS.
#include "rdns.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <exception>
#include <new>
#include <string>

namespace ptrd::cli {

int fail(std::string_view what, int status) {
  fmt::print(stderr, "rdns: {}\n", what);
  return status;
}

}  // namespace ptrd::cli

int main(int argc, char** argv) {
  using namespace ptrd::cli;
  CLI::App app{"rdns: reverse names and zones, and the domain objects by which registries delegate them"};
  app.set_version_flag("--version", PTRD_VERSION);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("rdns: ") + error.what() + "; see rdns --help\n";
  });
  app.require_subcommand(1);
  const std::array commands = {name_command(app),     zones_command(app),  objects_command(app),
                               zonefile_command(app), policy_command(app), check_command(app),
                               verify_command(app)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  try {
    for (const Command& command : commands) {
      if (!command.app->parsed()) continue;
      const int status = command.run();
      return std::fflush(stdout) == 0 ? status : fail("standard output: cannot be written");
    }
  } catch (const std::bad_alloc&) {
    return fail("there is not enough memory for this");
  } catch (const std::exception& error) {  // what the libraries throw
    return fail(error.what());
  }
  return kUsage;
}
