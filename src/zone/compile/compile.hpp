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

/// One zone to read: its text, and the first $ORIGIN.
struct Source {
  std::string file;
  wire::Name origin;
};

/// The sources that a command line's PATH names: `APEX=FILE`, a folder (its *.zone files, sorted by name), or
/// a file, whose origin is its name less ".zone". Faults go to `findings`.
[[nodiscard]] std::vector<Source> sources_of(const std::string& path, std::vector<Finding>& findings);

/// Reads zones into `checks` and, when there is one, into `builder`, with `jobs` threads: files side by side,
/// and where one is longer than a thread's part of all, its text is read by one thread and taken by another.
/// The owner of a zone's first SOA record is its apex. What the zones hold and the image's bytes do not
/// depend on `jobs`; what the checks find, they give when the set is complete. `progress` is kept up while it
/// runs. `include_paths` as in ReadOptions.
void load(std::span<const Source> sources, unsigned jobs, image::Builder* builder, SetCheck& checks,
          std::vector<Finding>& findings, Progress& progress,
          const std::vector<std::string>& include_paths = {});

}  // namespace ptrd::zone
