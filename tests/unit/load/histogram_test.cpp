// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/histogram.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <vector>

namespace ptrd::load {
namespace {

constexpr uint64_t kLargest = (uint64_t{1} << 38) - 1;  // ns in the last bucket but one

TEST(Histogram, HasNothingToTellAtFirst) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.percentile(50), 0U);
  EXPECT_EQ(histogram.max(), 0U);
}

/// Small values are exact.
TEST(Histogram, TellsSmallValuesExactly) {
  Histogram histogram;
  for (uint64_t value = 1; value <= 100; ++value) histogram.record(value);
  for (const unsigned percent : {1U, 50U, 99U, 100U}) EXPECT_EQ(histogram.percentile(percent), percent);
}

/// Every percentile is the value of that rank, or at most 0.8 % more, from nanoseconds to minutes.
RC_GTEST_PROP(Histogram, TellsPercentilesToOnePercent, ()) {
  auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<uint64_t>>(
      rc::gen::apply([](unsigned bits, uint64_t value) { return value & ((uint64_t{1} << bits) - 1); },
                     rc::gen::inRange(1U, 39U), rc::gen::arbitrary<uint64_t>())));
  Histogram histogram;
  for (const uint64_t value : values) histogram.record(value);
  std::sort(values.begin(), values.end());
  RC_ASSERT(histogram.max() == values.back());
  for (const double percent : {0.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
    const auto rank = static_cast<size_t>(std::ceil(percent / 100 * static_cast<double>(values.size())));
    const uint64_t right = values[rank == 0 ? 0 : rank - 1];
    const uint64_t told = histogram.percentile(percent);
    RC_ASSERT(told >= right);
    RC_ASSERT(static_cast<double>(told - right) <= 0.008 * static_cast<double>(right));
  }
}

/// Values beyond the last bucket count, and the largest value is still exact.
TEST(Histogram, TakesValuesBeyondItsBuckets) {
  Histogram histogram;
  histogram.record(kLargest);
  histogram.record(UINT64_MAX);
  EXPECT_EQ(histogram.percentile(50), kLargest);
  EXPECT_EQ(histogram.percentile(100), UINT64_MAX);
}

/// The histograms of several threads add up to the one of all values.
TEST(Histogram, AddsUp) {
  Histogram all, even, odd;
  for (uint64_t value = 0; value < 100'000; value += 7) {
    all.record(value);
    (value % 2 == 0 ? even : odd).record(value);
  }
  even.add(odd);
  EXPECT_EQ(even.count(), all.count());
  EXPECT_EQ(even.max(), all.max());
  for (double percent = 0; percent <= 100; percent += 2.5)
    EXPECT_EQ(even.percentile(percent), all.percentile(percent));
}

}  // namespace
}  // namespace ptrd::load
