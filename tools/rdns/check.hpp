// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "options.hpp"
#include "rdns/check/lame_register.hpp"
#include "rdns/check/zone_check.hpp"

namespace ptrd::cli {

/// What is checked of each delegation.
[[nodiscard]] rdns::check::CheckOptions what_to_check(const CheckOptions& options);

/// Totals of a run through a file of delegations.
struct RunSummary {
  rdns::check::Day day{};
  size_t objects = 0;
  uint64_t failed = 0;  // in this run
  size_t lame = 0;      // servers
  std::vector<rdns::check::DueAction> due;
  std::map<std::string_view, uint64_t> faults;  // findings of this run, by id
};

/// Checks all delegations in a file and updates the register of lame servers. Returns the exit status.
int check_objects(const CheckOptions& options);

}  // namespace ptrd::cli
