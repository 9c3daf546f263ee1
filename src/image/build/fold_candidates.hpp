// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <vector>

#include "image/build/rule.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::image {

/// Rules that would make `target` (a name in wire form) of an IPv4 address and that follow its last octet, or
/// give every address the same: at most 31, none twice. Each number in the name that an octet may have been
/// written as is taken for it or for a fixed text: everywhere, in the first label only, or for the last octet
/// only. All are fit for `run_program`.
[[nodiscard]] std::vector<Rule> candidate_rules(uint32_t address, wire::Bytes target, uint32_t ttl);

}  // namespace ptrd::image
