// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <string>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "lib/exit_status.hpp"
#include "zone/sources/inputs.hpp"

// The command line of ptrzone: one struct per subcommand.
namespace ptrd::tools {

struct CompileOptions {
  zone::Inputs inputs;
  std::string out;
  std::string previous;  // image from which zones with errors are taken; empty: none
  unsigned jobs = 0;     // threads; 0: one per CPU
  bool keep_going = false;
  bool strict = false;
  bool no_fold = false;
  uint16_t nsec3_iterations = 0;  // most additional ones of a signed zone
};

struct CheckOptions {
  zone::Inputs inputs;
  bool dnssec = false;
  uint32_t expires_within = 3;  // days: signatures that end sooner are reported
  bool strict = false;
};

struct LintOptions {
  zone::Inputs inputs;          // images too
  std::string format = "text";  // or json, sarif
  std::vector<std::string> patterns;
  std::string allow;
  size_t most = 100;  // findings to print per rule; 0: all
  bool own_patterns_only = false;
  bool strict = false;
  bool try_examples = false;
};

struct LookupOptions {
  std::string image;
  std::string what;  // name or address; -: one per line from standard input
  std::string type = "PTR";
  bool dnssec = false;
};

struct DumpOptions {
  std::string image;
  std::string zone;  // empty: all
};

struct ForwardOptions {
  zone::Inputs inputs;  // or one image
};

struct InfoOptions {
  std::string image;
  bool json = false;
};

struct MapOptions {
  std::string image;
  std::string out;
  std::string prefix = "0.0.0.0/0";
  unsigned detail = 0;  // bits; 0: 16 more than the prefix
};

struct DiffOptions {
  std::string first;   // image or PATH
  std::string second;  // empty: the zones of `inputs`
  zone::Inputs inputs;
  bool json = false;
  bool quiet = false;
  bool changes = false;  // as changes that nsupdate reads
};

using Options = std::variant<CompileOptions, CheckOptions, LintOptions, LookupOptions, DumpOptions,
                             ForwardOptions, InfoOptions, MapOptions, DiffOptions>;

[[nodiscard]] tl::expected<Options, Refusal> read_options(int argc, char** argv);

}  // namespace ptrd::tools
