// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/expiry.hpp"

#include <gtest/gtest.h>

namespace ptrd::image {
namespace {

// Times wrap around: each is the one within 68 years of now (RFC 4034 3.1.5).
TEST(ExpiryTest, SerialArithmetic) {
  constexpr int64_t kNow = 1'800'000'000;  // 2027
  EXPECT_EQ(signature_time(1'800'000'001, kNow), 1'800'000'001);
  EXPECT_EQ(signature_time(1'700'000'000, kNow), 1'700'000'000);
  EXPECT_EQ(signature_time(3'900'000'000, kNow), 3'900'000'000);
  EXPECT_EQ(signature_time(5, int64_t{1} << 32), (int64_t{1} << 32) + 5);
  EXPECT_EQ(signature_time(4'294'967'290, int64_t{1} << 32), 4'294'967'290);
}

// A zone that is not signed has no time.
TEST(ExpiryTest, Unsigned) {
  Zone zone{};
  EXPECT_FALSE(expiry(zone, 0));
  zone.denial = Denial::nsec;
  zone.expires = 7;
  EXPECT_EQ(expiry(zone, 0), 7);
}

}  // namespace
}  // namespace ptrd::image
