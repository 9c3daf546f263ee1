// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "json/value.hpp"
#include "rdns/check/report.hpp"

namespace ptrd::rdns::check {

/// A text report: the verdict of each server, the findings, the total.
[[nodiscard]] std::string to_text(const Report& report);
/// The same as JSON.
[[nodiscard]] json::Value to_json(const Report& report);

}  // namespace ptrd::rdns::check
