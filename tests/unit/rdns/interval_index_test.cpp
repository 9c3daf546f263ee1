// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/interval_index.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace ptrd::rdns {
namespace {

using Index = IntervalIndex<uint32_t, int>;
using Pairs = std::vector<std::pair<uint8_t, uint8_t>>;

Index index_of(const Pairs& pairs) {
  Index index;
  for (const auto& [a, b] : pairs) index.add(std::min(a, b), std::max(a, b), 0);
  index.build();
  return index;
}

// The index and a look at every entry agree, whether the ranges nest, cross or are the same.
RC_GTEST_PROP(IntervalIndexProperty, CoveringIsTheMostSpecific, (const Pairs& pairs, uint8_t x, uint8_t y)) {
  const Index index = index_of(pairs);
  const auto& entries = index.entries();
  const uint32_t first = std::min(x, y);
  const uint32_t last = std::max(x, y);
  size_t expected = Index::kNone;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].first <= first && entries[i].last >= last) expected = i;
  }
  RC_ASSERT(index.covering(first, last) == expected);
  if (expected == Index::kNone) return;
  bool behind = false;
  for (size_t i = expected + 1; i < entries.size(); ++i)
    behind = behind || (entries[i].first <= last && entries[i].last >= first);
  RC_ASSERT(index.intersects_behind(expected, first, last) == behind);
}

// For each entry: whether an earlier one contains it, and if none does, whether one overlaps it.
RC_GTEST_PROP(IntervalIndexProperty, BeforeIsFound, (const Pairs& pairs)) {
  const Index index = index_of(pairs);
  const auto& entries = index.entries();
  for (size_t i = 0; i < entries.size(); ++i) {
    size_t containing = Index::kNone;
    bool crossing = false;
    for (size_t j = 0; j < i; ++j) {
      if (entries[j].last >= entries[i].last) containing = j;
      crossing = crossing || (entries[j].last >= entries[i].first && entries[j].last < entries[i].last);
    }
    RC_ASSERT(index.containing_before(i) == containing);
    if (containing == Index::kNone) RC_ASSERT((index.overlapping_before(i) != Index::kNone) == crossing);
  }
}

}  // namespace
}  // namespace ptrd::rdns
