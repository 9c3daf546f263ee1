// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/time_text.hpp"

#include <gtest/gtest.h>

namespace ptrd::wire {
namespace {

// Times are UTC with seconds, also those before 1970 and those that 32 bits do not hold.
TEST(TimeTextTest, Utc) {
  EXPECT_EQ(time_text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(time_text(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(time_text(1'800'000'000), "2027-01-15T08:00:00Z");
  EXPECT_EQ(time_text(int64_t{1} << 32), "2106-02-07T06:28:16Z");
}

}  // namespace
}  // namespace ptrd::wire
