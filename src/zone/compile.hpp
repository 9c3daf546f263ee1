// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "image/builder.hpp"
#include "ptrd/wire/name.hpp"
#include "zone/reader.hpp"

namespace ptrd::zone {

/// One zone to read: its text, and the first $ORIGIN.
struct Source {
  std::filesystem::path file;
  wire::Name origin;
};

/// The sources that a command line's PATH names: `APEX=FILE`, a folder (its *.zone files, sorted by name), or
/// a file, whose origin is its name less ".zone". Faults go to `findings`.
[[nodiscard]] std::vector<Source> sources_of(const std::string& path, std::vector<Finding>& findings);

/// Reads one zone into `builder`. The owner of the first SOA record is its apex. False when there were
/// errors.
bool load(const Source& source, image::Builder& builder, std::vector<Finding>& findings);

}  // namespace ptrd::zone
