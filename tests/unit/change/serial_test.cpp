// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "change/serial.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace ptrd::change {
namespace {

constexpr std::time_t kNow = 1'796'083'200;  // 2026-12-01 00:00 UTC

// Each rule gives its value where that is ahead of the serial, else the next number.
TEST(Serial, Rules) {
  EXPECT_EQ(next_serial(7, SerialRule::increment, kNow), 8U);
  EXPECT_EQ(next_serial(7, SerialRule::unixtime, kNow), static_cast<uint32_t>(kNow));
  EXPECT_EQ(next_serial(static_cast<uint32_t>(kNow), SerialRule::unixtime, kNow),
            static_cast<uint32_t>(kNow) + 1);
  EXPECT_EQ(next_serial(2026113007, SerialRule::dateserial, kNow), 2026120100U);
  EXPECT_EQ(next_serial(2026120100, SerialRule::dateserial, kNow), 2026120101U);
  EXPECT_EQ(next_serial(2026120199, SerialRule::dateserial, kNow), 2026120200U);
}

// Across the end of the numbers too (RFC 1982), without the value 0.
TEST(Serial, AlwaysForward) {
  for (const uint32_t serial : {0U, 1U, 0x7FFF'FFFFU, 0x8000'0000U, 0xFFFF'FFFEU, 0xFFFF'FFFFU, 2026120100U,
                                static_cast<uint32_t>(kNow), static_cast<uint32_t>(kNow) + 0x8000'0000U}) {
    for (const auto rule : {SerialRule::increment, SerialRule::unixtime, SerialRule::dateserial}) {
      for (const std::time_t now : {std::time_t{0}, kNow, std::time_t{0x1'0000'0000}}) {
        const uint32_t next = next_serial(serial, rule, now);
        EXPECT_TRUE(is_after(next, serial)) << serial << ' ' << serial_rule_name(rule) << ' ' << now;
        EXPECT_NE(next, 0U);
      }
    }
  }
}

TEST(Serial, Names) {
  for (const auto rule : {SerialRule::increment, SerialRule::unixtime, SerialRule::dateserial})
    EXPECT_EQ(parse_serial_rule(serial_rule_name(rule)), rule);
  EXPECT_FALSE(parse_serial_rule("date"));
}

}  // namespace
}  // namespace ptrd::change
