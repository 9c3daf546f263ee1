// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "rdns/range.hpp"

namespace ptrd::rdns {

/// A range of addresses of one family and its value. `Number` is uint32_t for IPv4, so that a registry's
/// millions of entries stay small, and Address for IPv6.
template <typename Number, typename Value>
struct Interval {
  Number first;
  Number last;
  Value value;
};

/// Ranges in address order, less specific ones first.
template <typename Number, typename Value>
class IntervalIndex {
 public:
  using Entry = Interval<Number, Value>;
  static constexpr size_t kNone = SIZE_MAX;

  void add(Number first, Number last, Value value) { entries_.push_back({first, last, value}); }

  /// Sorts the entries (equal ranges keep the order in which they were added), and links each to the nearest
  /// one before it that reaches further. Once, after the last `add`.
  void build() {
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
      return a.first != b.first ? a.first < b.first : a.last > b.last;
    });
    further_.resize(entries_.size());
    for (size_t i = 0; i < entries_.size(); ++i) {
      size_t at = i == 0 ? kNone : i - 1;
      while (at != kNone && entries_[at].last <= entries_[i].last) at = up(at);
      further_[i] = at == kNone ? kNoLink : static_cast<uint32_t>(at);
    }
  }

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  /// The most specific entry that contains [first, last]: the one that starts last. kNone: none.
  [[nodiscard]] size_t covering(Number first, Number last) const {
    size_t at = behind(first);
    if (at == 0) return kNone;
    --at;
    while (at != kNone && entries_[at].last < last) at = up(at);
    return at;
  }
  /// The nearest entry before `i` that contains its range (or equals it). kNone: none.
  [[nodiscard]] size_t containing_before(size_t i) const { return walk(i).first; }
  /// The entry before `i`, not containing it, that reaches furthest into its range. kNone: none.
  [[nodiscard]] size_t overlapping_before(size_t i) const {
    const size_t at = walk(i).second;
    return at != kNone && entries_[at].last >= entries_[i].first ? at : kNone;
  }
  /// Whether an entry after `cover` in order (one that is more specific, or starts later) intersects [first,
  /// last]; `cover` must contain them.
  [[nodiscard]] bool intersects_behind(size_t cover, Number first, Number last) const {
    const size_t nearest = covering(first, first);
    if (nearest != kNone && nearest > cover) return true;
    const size_t next = behind(first);
    return next < entries_.size() && entries_[next].first <= last;
  }

 private:
  static constexpr uint32_t kNoLink = UINT32_MAX;

  [[nodiscard]] size_t up(size_t at) const { return further_[at] == kNoLink ? kNone : further_[at]; }
  /// From `i` backwards: the first entry that reaches as far as it, and the last one on the way that does
  /// not.
  [[nodiscard]] std::pair<size_t, size_t> walk(size_t i) const {
    size_t short_of = kNone;
    size_t at = i == 0 ? kNone : i - 1;
    while (at != kNone && entries_[at].last < entries_[i].last) {
      short_of = at;
      at = up(at);
    }
    return {at, short_of};
  }
  /// The first entry that starts after `address`.
  [[nodiscard]] size_t behind(Number address) const {
    return static_cast<size_t>(std::upper_bound(entries_.begin(), entries_.end(), address,
                                                [](Number a, const Entry& e) { return a < e.first; }) -
                               entries_.begin());
  }

  std::vector<Entry> entries_;
  std::vector<uint32_t> further_;
};

}  // namespace ptrd::rdns
