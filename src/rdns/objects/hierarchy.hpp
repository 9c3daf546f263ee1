// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rdns/finding.hpp"
#include "rdns/interval_index.hpp"
#include "rdns/range.hpp"

namespace ptrd::rdns {

/// Where an object stands; the file by its number.
struct Place {
  uint32_t file = 0;
  uint32_t line = 0;  // UINT32_MAX from there on
};

/// Reverse domains as the hierarchy sees them: none may be above, below or the same as another, nor may
/// ranges with a dash cross. All that the checks remember of an object is here: 20 bytes for IPv4, 52 for
/// IPv6.
class Hierarchy {
 public:
  void add(const Range& range, Place place);
  /// Tells of every domain that conflicts with one before it in address order. `files`: their names by
  /// number.
  void report(const std::vector<std::string>& files, const FindingSink& sink);

 private:
  IntervalIndex<uint32_t, Place> v4_;
  IntervalIndex<Address, Place> v6_;
};

/// The `domain:` of a delegation's range, without a trailing dot. The range must be one that a domain can
/// have.
[[nodiscard]] std::string domain_text(const Range& range);

}  // namespace ptrd::rdns
