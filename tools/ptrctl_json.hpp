// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ptrctl_client.hpp"

namespace ptrd::ctl {

/// A member of a response; 0 or empty where there is none.
[[nodiscard]] inline uint64_t number(const Json& object, const char* name) {
  return object.value(name, uint64_t{0});
}
[[nodiscard]] inline std::string text(const Json& object, const char* name) {
  return object.value(name, std::string());
}

/// "90 s", "14 min", "3 days 2 h".
[[nodiscard]] std::string duration(double seconds);

/// Counters by name, those in objects of their own as "tcp.closed.idle".
using Flat = std::vector<std::pair<std::string, uint64_t>>;
[[nodiscard]] Flat flatten(const Json& json);

}  // namespace ptrd::ctl
