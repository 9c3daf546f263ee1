// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone: zone files to images and back.
#include "ptrzone.hpp"

#include <new>

int main(int argc, char** argv) {
  using namespace ptrd::tools;
  CLI::App app{"ptrzone: checks zone files, compiles them to a ptrd image, and reads images"};
  app.set_version_flag("--version", PTRD_VERSION);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("ptrzone: ") + error.what() + "; see ptrzone --help\n";
  });
  app.require_subcommand(1);
  const std::vector<Subcommand> commands = {
      add_compile(app), add_check(app), add_lint(app), add_lookup(app), add_dump(app),
      add_forward(app), add_info(app),  add_map(app),  add_diff(app),
  };

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  try {
    for (const Subcommand& command : commands)
      if (command.app->parsed()) return command.run();
    return kUsage;  // not reached: one is required
  } catch (const std::bad_alloc&) {
    return fail("there is not enough memory for this");
  } catch (const std::exception& error) {  // what the libraries throw
    return fail(error.what());
  }
}
