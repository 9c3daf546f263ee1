// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <span>

#include "image/build/builder.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::image {

/// Finds the rules behind plain records, which are in order of their addresses, and makes records that a rule
/// gives byte for byte, TTL included, refer to it (PlainRecord::folded). A rule is worth its line when 16
/// records or more follow it. Linear in the number of records; what comes out depends on them alone, whatever
/// `run` is.
void fold(std::span<Plain4> records, const Arena& arena, Rules& rules, const Executor& run);

}  // namespace ptrd::image
