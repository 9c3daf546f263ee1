// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "unit/image/patch/random_changes.hpp"
#include "unit/stride.hpp"

namespace ptrd::image {
namespace {

/// So many random series of changes, of which most must be taken. PTRD_SERIES multiplies them, for a long
/// run.
void run_all(unsigned first, bool ranges, bool with_signed) {
  const char* const set = std::getenv("PTRD_SERIES");
  const unsigned series = 60 * (set == nullptr ? 1 : static_cast<unsigned>(std::stoul(set)));
  unsigned taken = 0;
  for (unsigned i = 0; i < series; i += test::stride()) {
    std::mt19937 numbers(first + i);
    test::Random random([&] { return static_cast<unsigned>(numbers()); });
    ASSERT_EQ(test::run_series(random, ranges, with_signed, taken), "") << "seed " << first + i;
  }
  EXPECT_GT(taken, 4 * series / test::stride());
}

TEST(PatcherTest, AnswersAsAFreshCompileAfterRandomChanges) {
  run_all(0, false, false);
}

TEST(PatcherTest, AnswersAsAFreshCompileInRanges) {
  run_all(1000000, true, false);
}

TEST(PatcherTest, AnswersAsAFreshCompileInSignedZones) {
  run_all(2000000, false, true);
}

}  // namespace
}  // namespace ptrd::image
