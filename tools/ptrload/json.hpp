// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "load/plan.hpp"
#include "load/search.hpp"
#include "load/tally.hpp"

namespace ptrd {

/// The output of --json, with a final newline; `man ptrload` explains the members. `transport`: how queries
/// were sent.
[[nodiscard]] std::string json_text(const load::Plan& plan, const load::Tally& tally,
                                    const std::string& transport);
[[nodiscard]] std::string json_text(const load::Rates& rates, const load::Costs& costs,
                                    const std::string& transport);

}  // namespace ptrd
