// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>

namespace ptrd::wire {

/// Seconds since 1970 as UTC: `2026-11-29T12:00:00Z` (RFC 3339).
[[nodiscard]] std::string time_text(int64_t seconds);

}  // namespace ptrd::wire
