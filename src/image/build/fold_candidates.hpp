// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <vector>

#include "image/build/rule.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::image {

/// Candidate rules that produce `target` (a name in wire form) for an IPv4 address, and either depend on its
/// last octet or give every address the same name: at most 31, no duplicates. Each number in the name that
/// may be a written octet is taken as the octet or as fixed text: everywhere, only in the first label, or
/// only for the last octet. All are valid for `run_program`.
[[nodiscard]] std::vector<Rule> candidate_rules(uint32_t address, wire::Bytes target, uint32_t ttl);

}  // namespace ptrd::image
