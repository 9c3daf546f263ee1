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

void set_rates(std::span<const Rule> rules, std::span<Bucket> buckets) {
  constexpr uint64_t kSecond = 1'000'000'000;
  for (size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].action != Action::rate) continue;
    Bucket& bucket = buckets[i + 1];
    bucket.cost = kSecond / rules[i].per_second;
    bucket.window = bucket.cost * rules[i].burst;
  }
}

}  // namespace ptrd::policy
