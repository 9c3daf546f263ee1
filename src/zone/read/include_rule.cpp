// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/include_rule.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace ptrd::zone {

namespace fs = std::filesystem;

namespace {

/// Empty if it cannot be resolved, as for a loop of links.
std::string real_path(const fs::path& path) {
  std::error_code error;
  fs::path real = fs::weakly_canonical(fs::absolute(path.empty() ? "." : path, error), error);
  if (error) return {};
  return (real.has_filename() ? real : real.parent_path()).string();
}

bool is_below_or_at(const fs::path& path, const fs::path& root) {
  return !root.empty() &&
         std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
}

}  // namespace

IncludeRule::Place IncludeRule::look(const std::string& file) const {
  Place place{Verdict::refused, real_path(file)};
  const auto below = [&](const std::string& root) { return is_below_or_at(place.real, real_path(root)); };
  if (below(folder_))
    place.verdict = Verdict::own;
  else if (std::any_of(allowed_.begin(), allowed_.end(), below))
    place.verdict = Verdict::allowed;
  return place;
}

}  // namespace ptrd::zone
