// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <span>
#include <vector>

#include "image/build/builder.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::image {

/// Finds the rules behind plain records, which are sorted by address, and makes records that a rule produces
/// byte for byte, including the TTL, refer to it (PlainRecord::folded). A rule is worth its line if at least
/// 16 records follow it. Records of the zones that `are_signed`, by number, stay as they are. Linear in the
/// number of records; the result depends only on them, not on `run`.
void fold(std::span<Plain4> records, const Arena& arena, Rules& rules, const Executor& run,
          const std::vector<bool>& are_signed);

}  // namespace ptrd::image
