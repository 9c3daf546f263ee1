// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "rdns/objects/inetnum.hpp"
#include "rdns/range.hpp"

namespace ptrd::rdns {

/// Whether a delegation is allowed, and why.
struct Verdict {
  bool valid = false;
  std::string reason;
};

/// AFRINIC's Consolidated Policy Manual 10.5 for the delegation of `domain`, by the most specific inetnum
/// that contains all of it. Assigned or sub-allocated space may be delegated; allocated space if at least one
/// more specific inetnum has addresses in the delegation, or in its /24. IPv6 has no such unit: there one
/// more specific inet6num anywhere in the allocation is sufficient (the policy's first sentence).
[[nodiscard]] Verdict judge(const Inetnums& inetnums, const Range& domain);

}  // namespace ptrd::rdns
