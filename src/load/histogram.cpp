// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/histogram.hpp"

#include <cmath>

namespace ptrd::load {

void Histogram::add(const Histogram& other) {
  for (size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

uint64_t Histogram::highest_in(size_t bucket) {
  if (bucket < kParts) return bucket;
  const size_t shift = bucket / kParts - 1;
  return ((bucket % kParts + kParts + 1) << shift) - 1;
}

uint64_t Histogram::percentile(double percent) const {
  const auto rank = static_cast<uint64_t>(std::ceil(percent / 100 * static_cast<double>(count_)));
  const uint64_t wanted = std::clamp<uint64_t>(rank, 1, std::max<uint64_t>(count_, 1));
  uint64_t seen = 0;
  for (size_t i = 0; i + 1 < kBuckets; ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return std::min(highest_in(i), max_);
  }
  return max_;
}

}  // namespace ptrd::load
