// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ptrd::image {
class View;
}

namespace ptrd::swap {

/// What a new image lacks of the one in service. A record counts wherever it is: a zone's records that have
/// moved to a zone above or below it are not lost. Addresses of declared ranges are not records.
struct Losses {
  /// The largest number of zones that are named.
  static constexpr size_t kNamed = 5;

  uint64_t zones = 0;              // that the new image does not have
  uint64_t zones_before = 0;       // in service
  uint64_t records = 0;            // by how many there are fewer
  uint64_t records_before = 0;     // in service
  std::vector<std::string> first;  // the first lost zones in canonical order, at most kNamed
  std::string hardest;             // the zone with the largest part of `records`; empty: none

  /// "3 of 10000 zones and 24 of 80000 records are lost: A, B, C"; empty: nothing is lost.
  [[nodiscard]] std::string text() const;
};

/// How much a reload may lose, in percent of what is in service.
struct LossLimits {
  /// Losses of records up to this number, and of less than half of all, are not excessive, unless the limit
  /// is zero: a few percent of a small zone are one edit.
  static constexpr uint64_t kFewRecords = 100;

  double zones = 10;
  double records = 10;
  bool operator==(const LossLimits&) const = default;

  /// The exceeded limits: "10% of the zones (reload.max-lost-zones)"; empty: none.
  [[nodiscard]] std::string exceeded_by(const Losses& losses) const;
};

/// The differences between two images that matter for a reload.
struct Comparison {
  Losses losses;
  std::string backwards;  // the first zone whose serial goes backwards, with both serials; empty: none
};

/// Walks through both lists of zones at once, with rests (run_with_rests): takes no memory that grows with
/// their number.
[[nodiscard]] Comparison compare(const image::View& in_service, const image::View& next);

}  // namespace ptrd::swap
