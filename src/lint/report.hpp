// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "json/value.hpp"
#include "lint/findings.hpp"

// Reports as text, JSON and SARIF.
namespace ptrd::lint {

/// What a run checked.
struct Summary {
  uint64_t names = 0;
  size_t patterns = 0;
};

/// One line per finding, and one for each rule with more findings than are kept.
[[nodiscard]] std::string to_text(Findings& findings);

/// `findings`, and `summary` with counts by severity and by rule.
[[nodiscard]] json::Value to_json(Findings& findings, const Summary& summary);

/// SARIF 2.1.0 (OASIS): one run, the rules with findings, one result each. `version`: of the program.
[[nodiscard]] json::Value to_sarif(Findings& findings, const std::string& version);

}  // namespace ptrd::lint
