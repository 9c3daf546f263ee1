// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "json/value.hpp"
#include "load/run.hpp"
#include "load/search.hpp"

namespace ptrd::load {

using Json = json::Value;

/// The result of a load, as text.
[[nodiscard]] std::string to_text(const Plan& plan, const Tally& tally);
/// The same as JSON; `man ptrload` explains the members.
[[nodiscard]] Json to_json(const Plan& plan, const Tally& tally);
/// One line per trial of a search, and the two rates found.
[[nodiscard]] std::string to_text(const Trial& trial);
[[nodiscard]] std::string to_text(const Rates& rates, const Costs& costs);
[[nodiscard]] Json to_json(const Rates& rates, const Costs& costs);

/// The bins as a table: second of CLOCK_MONOTONIC, sent, answered, slowest answer in ms. Error: `path: why`.
[[nodiscard]] tl::expected<void, std::string> write_table(const std::string& path, const Plan& plan,
                                                          const Outcome& outcome);

}  // namespace ptrd::load
