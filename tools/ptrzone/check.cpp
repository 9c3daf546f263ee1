// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone check: checks zone files for errors.
#include "zone/dnssec/check.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <ctime>
#include <optional>

#include "subcommands.hpp"
#include "zone/threads.hpp"

namespace ptrd::tools {

int run(const CheckOptions& options) {
  std::optional<zone::DnssecCheck> dnssec;
  if (options.dnssec) {
    dnssec = {.time = static_cast<uint32_t>(std::time(nullptr)),
              .expires_within = options.expires_within * zone::DnssecCheck::kDay,
              .run = zone::on_threads(default_jobs())};
  }
  const ReadZones read = read_zones(options.inputs, default_jobs(), nullptr, options.strict, stdout, dnssec);
  fmt::print("{}, {}: {}, {}\n", plural(read.zones, "zone"), plural(read.records, "record"),
             plural(read.errors, "error"), plural(read.warnings, "warning"));
  return read.errors == 0 ? kDone : kFailed;
}

}  // namespace ptrd::tools
