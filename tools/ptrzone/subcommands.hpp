// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The subcommands of ptrzone: one file each, NAME.cpp.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "lib/plural.hpp"
#include "lib/program.hpp"
#include "options.hpp"
#include "zone/compile/keep_going.hpp"
#include "zone/dnssec/check.hpp"

namespace ptrd::image {
class Builder;
}

namespace ptrd::tools {

/// Each does what is asked for and gives the exit status. What the libraries throw goes through, and standard
/// output is written by the caller.
int run(const CompileOptions& options);
int run(const CheckOptions& options);
int run(const LintOptions& options);
int run(const LookupOptions& options);
int run(const DumpOptions& options);
int run(const ForwardOptions& options);
int run(const InfoOptions& options);
int run(const MapOptions& options);
int run(const DiffOptions& options);

/// What a set of zone files holds.
struct ReadZones {
  size_t zones = 0;
  uint64_t records = 0;
  size_t errors = 0;
  size_t warnings = 0;
  std::vector<zone::FaultyInput> faulty;  // with errors
};

/// Reads and checks all zones, also into `builder` if there is one, `jobs` files at a time, and prints the
/// findings to `out`, notes to stderr. `strict`: warnings are errors. `dnssec`: signatures are checked, too.
/// `previous`: signatures that have expired are an error where those of this image have not.
ReadZones read_zones(const zone::Inputs& inputs, unsigned jobs, image::Builder* builder, bool strict,
                     std::FILE* out, const std::optional<zone::DnssecCheck>& dnssec = {},
                     const zone::Previous* previous = nullptr);

/// Default number of zone files to read at a time: one per CPU.
unsigned default_jobs();

/// Whether the file starts like an image; otherwise it is zone text, or something else.
[[nodiscard]] bool is_image(const std::string& path);

}  // namespace ptrd::tools
