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

/// The place of an object; the file by its number.
struct Place {
  uint32_t file = 0;
  uint32_t line = 0;  // saturates at UINT32_MAX
};

/// Checks the hierarchy of reverse domains: none may be above, below or equal to another, nor may ranges with
/// a dash overlap. This is all that the checks store of an object: 20 bytes for IPv4, 52 for IPv6.
class Hierarchy {
 public:
  void add(const Range& range, Place place);
  /// Reports every domain that conflicts with one before it in address order. `files`: their names by number.
  void report(const std::vector<std::string>& files, const FindingSink& sink);

 private:
  IntervalIndex<uint32_t, Place> v4_;
  IntervalIndex<Address, Place> v6_;
};

/// The `domain:` of a delegation's range, without a trailing dot. The range must be possible for a domain.
[[nodiscard]] std::string domain_text(const Range& range);

}  // namespace ptrd::rdns
