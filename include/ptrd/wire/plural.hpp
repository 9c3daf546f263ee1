// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>

namespace ptrd::wire {

/// A count in a message: `1 zone`, `2 zones`, `2 addresses`.
[[nodiscard]] inline std::string plural(uint64_t count, const std::string& what) {
  const bool hisses = what.ends_with('s') || what.ends_with('x');
  return std::to_string(count) + ' ' + what + (count == 1 ? "" : hisses ? "es" : "s");
}

}  // namespace ptrd::wire
