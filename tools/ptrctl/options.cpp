// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "options.hpp"

#include "config/config.hpp"
#include "lib/command_line.hpp"

namespace ptrd::ctl {

namespace {

void bind_status(Parser command, StatusOptions& options) {
  command.add_flag("--json", options.json, "print JSON");
}

void bind_reload(Parser command, ReloadOptions& options) {
  command.add_option("IMAGE", options.image, "image to load (default: the current file again)");
  command.add_flag("--force", options.force, "even if a zone's serial goes backwards, or too much is lost");
  command.add_option("--only", options.only, "image or policy: do not read the other again")
      .one_of({"image", "policy"});
}

void bind_policy(Parser command, PolicyOptions& options) {
  Option test =
      command.add_option("test", options.test, "test: show what is done with a query").one_of({"test"});
  command.add_option("NAME", options.name, "name or IP address that is asked about").needs(test);
  command.add_option("--client", options.client, "address of the client").needs(test);
  command.add_option("--type", options.type, "record type").capture_default_str().needs(test);
  command.add_flag("--json", options.json, "print JSON");
  command.check(
      [&options] { return !options.test.empty() && options.name.empty() ? "NAME is required" : ""; });
}

void bind_rollback(Parser, RollbackOptions&) {}
void bind_compact(Parser, CompactOptions&) {}

void bind_serial(Parser command, std::string& serial) {
  command.add_option("--serial", serial, "how a zone's serial moves on if no SOA record is added")
      .one_of({"increment", "unixtime", "dateserial"})
      .capture_default_str();
}

void bind_apply(Parser command, ApplyOptions& options) {
  command
      .add_option("FILE", options.file, "changes, as ptrzone diff --changes writes them; -: standard input")
      .required();
  bind_serial(command, options.serial);
}

void bind_change(Parser command, ChangeOptions& options) {
  command.add_option("ZONE", options.zone, "the zone").required();
  command.add_option("ACTION", options.action, "add, remove, or replace: the whole RRset")
      .required()
      .one_of({"add", "remove", "replace"});
  command.add_option("NAME", options.name, "an address, or a name in the zone; @: the zone's own").required();
  command.add_option("RECORD", options.record,
                     "[TTL] TYPE DATA as in a zone file; names in DATA are absolute");
  bind_serial(command, options.serial);
}

void bind_stats(Parser command, StatsOptions& options) {
  command.add_flag("--json", options.json, "print JSON");
}

void bind_zones(Parser command, ZonesOptions& options) {
  command.add_flag("--json", options.json, "print JSON");
}

void bind_top(Parser command, TopOptions& options) {
  command.add_flag("--once", options.once, "print one frame after a second, and exit");
}

void bind_log(Parser command, LogOptions& options) {
  command.add_option("LEVEL", options.level, "error, warning, info or debug; without it, print the level");
}

void bind_detach(Parser command, DetachOptions& options) {
  command.add_option("INTERFACE", options.interface).required();
}

}  // namespace

tl::expected<Options, Refusal> read_options(int argc, char** argv) {
  CommandLine app{"ptrctl", "ptrctl: control a running ptrd"};
  std::string socket = config::Config::Control().socket;
  app.add_option("-s,--socket", socket, "ptrd's control socket").capture_default_str();
  Subcommands<Command> commands(app);
  commands.add("status",
               "show what is running and the image in service; exit status 3 if ptrd is not running",
               bind_status);
  commands.add("reload", "load an image, or the current file again, and put it in service", bind_reload);
  commands.add("rollback", "return to the image before the last reload", bind_rollback);
  commands.add("apply", "make the changes in a file, batch by batch", bind_apply);
  commands.add("change", "change one record, or the records of one name", bind_change);
  commands.add("compact", "make a new image of the one in service and its journal, and take it",
               bind_compact);
  commands.add("stats", "print all counters", bind_stats);
  commands.add("zones", "list the zones in service", bind_zones);
  commands.add("policy", "list the policy's rules, or show what it does with a query", bind_policy);
  commands.add("top", "show queries per second, by service, kind and reason; q quits", bind_top);
  commands.add("log", "show or set ptrd's log level", bind_log);
  commands.add("detach", "remove from an interface what a ptrd that is gone left there", bind_detach);
  if (const auto parsed = app.parse(argc, argv); !parsed) return tl::unexpected(parsed.error());
  return Options{socket, commands.chosen()};
}

}  // namespace ptrd::ctl
