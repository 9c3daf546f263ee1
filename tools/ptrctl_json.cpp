// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrctl_json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ptrd::ctl {

namespace {

void flatten_into(const Json& json, const std::string& prefix, Flat& flat) {
  if (json.is_object()) {
    for (const auto& [name, value] : json.items())
      flatten_into(value, prefix.empty() ? name : fmt::format("{}.{}", prefix, name), flat);
  } else if (json.is_number_unsigned()) {
    flat.emplace_back(prefix, json.get<uint64_t>());
  }
}

}  // namespace

std::string duration(double seconds) {
  const auto whole = static_cast<uint64_t>(std::max(0.0, seconds));
  if (whole < 120) return fmt::format("{} s", whole);
  if (whole < 7200) return fmt::format("{} min", whole / 60);
  if (whole < 172'800) return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
  return fmt::format("{} days {} h", whole / 86400, whole / 3600 % 24);
}

Flat flatten(const Json& json) {
  Flat flat;
  flatten_into(json, "", flat);
  return flat;
}

}  // namespace ptrd::ctl
