// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrzone/progress.hpp"

#include <gtest/gtest.h>

namespace ptrd::tools {
namespace {

// The line has records, their rate, bytes and the time left.
TEST(Progress, LineTellsAll) {
  EXPECT_EQ(progress_text(4'000'000, 250'000'000, 1'000'000'000, 2),
            "[#####               ]  25 %  4.0 M records, 2.00 M/s, 250 of 1000 MB, 0:06 left");
  EXPECT_EQ(progress_text(1'000'000, 50'000'000, 0, 1), "1.0 M records, 1.00 M/s, 50 MB");
  EXPECT_EQ(progress_text(0, 0, 1'000'000, 0),
            "[                    ]   0 %  0.0 M records, 0.00 M/s, 0 of 1 MB");
}

// The bar keeps to its width, whatever the part.
TEST(Progress, BarKeepsToItsWidth) {
  EXPECT_EQ(progress_bar(0.5), "[##########          ]");
  EXPECT_EQ(progress_bar(-1), "[                    ]");
  EXPECT_EQ(progress_bar(7), "[####################]");
}

// Standard error of a test may or may not be a terminal; the progress shown there is erased.
TEST(Progress, ShowsOnTerminalsOnly) {
  ProgressLine line;
  unsigned made = 0;
  for (int i = 0; i < 1000; ++i) line.show([&](double) { return ++made, std::string("x"); });
  EXPECT_LE(made, line.is_on_terminal() ? 1000U : 0U);
}

}  // namespace
}  // namespace ptrd::tools
