// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <span>
#include <string>
#include <vector>

#include "image/build/builder.hpp"
#include "ptrd/wire/name.hpp"
#include "zone/check/check.hpp"
#include "zone/compile/progress.hpp"
#include "zone/read/reader.hpp"

namespace ptrd::zone {

/// One zone to read: its text, and the initial $ORIGIN.
struct Source {
  std::string file;
  wire::Name origin;
};

/// The sources that a command line's PATH names: `APEX=FILE`, a directory (its *.zone files, sorted by name),
/// or a file, whose origin is its name without ".zone". Errors go to `findings`.
[[nodiscard]] std::vector<Source> sources_of(const std::string& path, std::vector<Finding>& findings);

/// The number in the builder of the zone that each source gave; 0: none, or there is no builder. Two sources
/// with the same zone have the same number, one of them with an error.
using SourceZones = std::vector<image::ZoneId>;

/// Reads zones into `checks` and, if there is one, into `builder`, with `jobs` threads: files in parallel,
/// and if one exceeds a thread's share of the total, one thread reads its text and another takes the records.
/// The owner of a zone's first SOA record is its apex. The zones' contents and the image's bytes do not
/// depend on `jobs`; findings of the checks are returned when the set is complete. All findings state the
/// number of their source. `progress` is updated meanwhile. `include_paths` as in ReadOptions.
SourceZones load(std::span<const Source> sources, unsigned jobs, image::Builder* builder, SetCheck& checks,
                 std::vector<Finding>& findings, Progress& progress,
                 const std::vector<std::string>& include_paths = {});

}  // namespace ptrd::zone
