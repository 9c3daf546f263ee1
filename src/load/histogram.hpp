// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace ptrd::load {

/// Counts of values (nanoseconds) in log-linear buckets: each power of two is divided into 128 buckets of
/// equal width, so that any value is known to 0.8 %, in 32 KB. The idea is from HdrHistogram.
class Histogram {
 public:
  void record(uint64_t value) {
    ++buckets_[bucket_of(value)];
    ++count_;
    max_ = std::max(max_, value);
  }
  void add(const Histogram& other);

  [[nodiscard]] uint64_t count() const { return count_; }
  /// The largest value, exact; 0 if there is none.
  [[nodiscard]] uint64_t max() const { return max_; }
  /// A value that at least `percent` (0 to 100) of all do not exceed, at most 0.8 % too high; 0 if there is
  /// none.
  [[nodiscard]] uint64_t percentile(double percent) const;

 private:
  static constexpr unsigned kBits = 7;
  static constexpr uint64_t kParts = 1 << kBits;  // of a power of two
  static constexpr unsigned kPowers = 31;         // the last bucket has everything from 2^38 ns (275 s)
  static constexpr size_t kBuckets = (kPowers + 1) * kParts + 1;

  [[nodiscard]] static size_t bucket_of(uint64_t value) {
    if (value < kParts) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - kBits;
    return std::min<size_t>((shift + 1) * kParts + (value >> shift) - kParts, kBuckets - 1);
  }
  [[nodiscard]] static uint64_t highest_in(size_t bucket);

  std::array<uint64_t, kBuckets> buckets_{};
  uint64_t count_ = 0;
  uint64_t max_ = 0;
};

}  // namespace ptrd::load
