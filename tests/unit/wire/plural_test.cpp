// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/plural.hpp"

#include <gtest/gtest.h>

namespace ptrd::wire {
namespace {

// Only a count of one has the singular; words that end like `address` and `prefix` have `es`.
TEST(Plural, Counts) {
  EXPECT_EQ(plural(0, "zone"), "0 zones");
  EXPECT_EQ(plural(1, "zone"), "1 zone");
  EXPECT_EQ(plural(2, "zone"), "2 zones");
  EXPECT_EQ(plural(1, "address"), "1 address");
  EXPECT_EQ(plural(UINT64_MAX, "address"), "18446744073709551615 addresses");
  EXPECT_EQ(plural(3, "IPv6 prefix"), "3 IPv6 prefixes");
}

}  // namespace
}  // namespace ptrd::wire
