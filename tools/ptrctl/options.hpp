// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "lib/exit_status.hpp"

// The command line of ptrctl: one struct per subcommand.
namespace ptrd::ctl {

struct StatusOptions {
  bool json = false;
};

struct ReloadOptions {
  std::string image;   // empty: the file of the one in service, as it is now
  bool force = false;  // even if a zone's serial goes backwards
  std::string only;    // "image" or "policy"; empty: both
};

struct RollbackOptions {};

struct ApplyOptions {
  std::string file;  // "-": standard input
  std::string serial = "increment";
};

struct ChangeOptions {
  std::string zone;
  std::string action;  // add, remove, replace
  std::string name;
  std::vector<std::string> record;  // [TTL] [TYPE [DATA...]]
  std::string serial = "increment";
};

struct CompactOptions {};

struct StatsOptions {
  bool json = false;
};

struct ZonesOptions {
  bool json = false;
};

struct PolicyOptions {
  bool json = false;
  std::string test;  // "test": which rules a query meets; empty: list all rules
  std::string name;  // or an address
  std::string client;
  std::string type = "PTR";
};

struct TopOptions {
  bool once = false;
};

struct LogOptions {
  std::string level;  // empty: print the level
};

struct DetachOptions {
  std::string interface;
};

using Command =
    std::variant<StatusOptions, ReloadOptions, RollbackOptions, ApplyOptions, ChangeOptions, CompactOptions,
                 StatsOptions, ZonesOptions, PolicyOptions, TopOptions, LogOptions, DetachOptions>;

struct Options {
  std::string socket;  // ptrd's control socket
  Command command;
};

[[nodiscard]] tl::expected<Options, Refusal> read_options(int argc, char** argv);

}  // namespace ptrd::ctl
