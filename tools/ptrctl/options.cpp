// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "options.hpp"

#include "config/config.hpp"
#include "lib/command_line.hpp"

namespace ptrd::ctl {

namespace {

void bind_status(CLI::App& command, StatusOptions& options) {
  command.add_flag("--json", options.json, "print JSON");
}

void bind_reload(CLI::App& command, ReloadOptions& options) {
  command.add_option("IMAGE", options.image, "image to load (default: the current file again)");
  command.add_flag("--force", options.force, "even if a zone's serial goes backwards, or too much is lost");
  command.add_option("--only", options.only, "image or policy: do not read the other again")
      ->check(CLI::IsMember({"image", "policy"}));
}

void bind_policy(CLI::App& command, PolicyOptions& options) {
  CLI::Option* test = command.add_option("test", options.test, "test: show what is done with a query")
                          ->check(CLI::IsMember({"test"}));
  command.add_option("NAME", options.name, "name or IP address that is asked about")->needs(test);
  command.add_option("--client", options.client, "address of the client")->needs(test);
  command.add_option("--type", options.type, "record type")->capture_default_str()->needs(test);
  command.add_flag("--json", options.json, "print JSON");
  command.callback([&options] {
    if (!options.test.empty() && options.name.empty()) throw CLI::RequiredError("NAME");
  });
}

void bind_rollback(CLI::App&, RollbackOptions&) {}

void bind_stats(CLI::App& command, StatsOptions& options) {
  command.add_flag("--json", options.json, "print JSON");
}

void bind_zones(CLI::App& command, ZonesOptions& options) {
  command.add_flag("--json", options.json, "print JSON");
}

void bind_top(CLI::App& command, TopOptions& options) {
  command.add_flag("--once", options.once, "print one frame after a second, and exit");
}

void bind_log(CLI::App& command, LogOptions& options) {
  command.add_option("LEVEL", options.level, "error, warning, info or debug; without it, print the level");
}

void bind_detach(CLI::App& command, DetachOptions& options) {
  command.add_option("INTERFACE", options.interface)->required();
}

}  // namespace

tl::expected<Options, Refusal> read_options(int argc, char** argv) {
  CLI::App app{"ptrctl: control a running ptrd"};
  set_up(app, "ptrctl");
  std::string socket = config::Config::Control().socket;
  app.add_option("-s,--socket", socket, "ptrd's control socket")->capture_default_str();
  Subcommands<Command> commands(app);
  commands.add("status",
               "show what is running and the image in service; exit status 3 if ptrd is not running",
               bind_status);
  commands.add("reload", "load an image, or the current file again, and put it in service", bind_reload);
  commands.add("rollback", "return to the image before the last reload", bind_rollback);
  commands.add("stats", "print all counters", bind_stats);
  commands.add("zones", "list the zones in service", bind_zones);
  commands.add("policy", "list the policy's rules, or show what it does with a query", bind_policy);
  commands.add("top", "show queries per second, by service, kind and reason; q quits", bind_top);
  commands.add("log", "show or set ptrd's log level", bind_log);
  commands.add("detach", "remove from an interface what a ptrd that is gone left there", bind_detach);
  if (const auto parsed = parse(app, argc, argv); !parsed) return tl::unexpected(parsed.error());
  return Options{socket, commands.chosen()};
}

}  // namespace ptrd::ctl
