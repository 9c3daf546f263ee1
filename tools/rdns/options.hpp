// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "lib/exit_status.hpp"
#include "new_object.hpp"
#include "rdns/boundaries.hpp"
#include "rdns/objects/domain_object.hpp"

// The command line of rdns: one struct per subcommand.
namespace ptrd::cli {

enum class Format : uint8_t { text, json };

struct NameOptions {
  std::vector<std::string> what;  // addresses and reverse names; -: one per line from standard input
};

struct ZonesOptions {
  std::vector<std::string> what;  // prefixes and ranges, or names of zones
  bool prefixes = false;          // of zones
  rdns::Classless style = rdns::Classless::dash;
};

struct ObjectsOptions {
  std::vector<std::string> files;
  Format format = Format::text;
  rdns::Operation operation = rdns::Operation::create;
  NewObjectOptions fresh;
};

struct ZonefileOptions {
  std::vector<std::string> files;
  std::string apex;
  std::string soa;
  std::vector<std::string> servers;  // HOST, or HOST ADDRESS
  std::string out = "-";
  uint32_t ttl = 0;  // seconds
  bool skip_bad = false;
};

struct PolicyOptions {
  std::vector<std::string> inetnums;  // files
  std::vector<std::string> files;
  Format format = Format::text;
  bool only_invalid = false;
};

/// Of all subcommands that send queries.
struct NetworkOptions {
  std::string resolver;  // empty: the system's
  double timeout = 2;    // seconds
  unsigned retries = 2;
  double rate = 500;        // queries per second in total
  double server_rate = 20;  // to one address
  unsigned parallel = 100;
};

struct CheckOptions {
  std::string zone;
  std::vector<std::string> servers;  // NAME[=ADDRESS]
  std::string objects;               // a file of delegations, with a state file
  std::string state;
  std::string now;     // a date, empty: today
  uint16_t port = 53;  // of the name servers that are queried
  bool v4_only = false;
  bool v6_only = false;
  bool ptr = true;                   // check the reverse mapping of the servers' addresses
  bool checksums = false;            // test whether the servers answer packets with wrong checksums
  std::vector<std::string> allowed;  // prefixes and ranges of special-purpose addresses that may be queried
  unsigned max_servers = 0;          // per zone
  unsigned max_addresses = 0;        // per name server
  unsigned max_all_addresses = 0;    // per zone, of all name servers
  double zone_time = 0;              // seconds
  bool json = false;
  bool verbose = false;
  NetworkOptions network;
};

struct VerifyOptions {
  std::vector<std::string> addresses;
  std::string file;
  std::string image;
  std::vector<std::string> forward;
  unsigned max_names = 0;  // most names to look up per address
  bool json = false;
  bool failures = false;
  NetworkOptions network;
};

using Options = std::variant<NameOptions, ZonesOptions, ObjectsOptions, ZonefileOptions, PolicyOptions,
                             CheckOptions, VerifyOptions>;

[[nodiscard]] tl::expected<Options, Refusal> read_options(int argc, char** argv);

}  // namespace ptrd::cli
