// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zone/sources/configuration.hpp"

namespace ptrd::zone {

/// Stands for the view of zones outside of all views.
inline constexpr uint32_t kNoView = UINT32_MAX;

/// A zone statement of a named.conf.
struct NamedZone {
  ConfiguredZone zone;  // its file is not resolved
  uint32_t view = kNoView;
  std::string class_name = "in";  // in lower case
  std::string type;               // in lower case
  std::string in_view;            // the view that has this zone, if it is another one
  bool has_file = false;
  std::optional<bool> is_raw;  // masterfile-format raw; empty: as the view says
  bool is_dynamic = false;     // takes dynamic updates
};

struct NamedView {
  std::string name;
  std::string class_name;
  bool is_raw = false;  // masterfile-format raw
};

/// What a named.conf says about zones.
struct NamedStatements {
  std::vector<NamedZone> zones;
  std::vector<NamedView> views;
  std::string directory;
  bool is_raw = false;  // masterfile-format of the options
};

/// Reads the statements of a named.conf with its includes; those that do not concern zones are skipped by
/// their braces. False: an error was reported.
[[nodiscard]] bool read_named_statements(Configuration& configuration, NamedStatements& out);

}  // namespace ptrd::zone
