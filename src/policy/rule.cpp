// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/rule.hpp"

#include <algorithm>
#include <array>

namespace ptrd::policy {

namespace {
constexpr std::array<std::string_view, kActions> kNames = {
    "answer", "drop", "refuse", "truncate", "nxdomain", "nodata", "rate", "uniform", "count", "log"};
}  // namespace

std::string_view action_name(Action action) {
  return kNames[static_cast<size_t>(action)];
}

std::optional<Action> action_of(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Action>(found - kNames.begin());
}

}  // namespace ptrd::policy
