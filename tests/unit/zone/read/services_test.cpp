// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/services.hpp"

#include <gtest/gtest.h>

namespace ptrd::zone {
namespace {

// Names in any case, or decimal numbers within the field; nothing else.
TEST(Services, NamesAndNumbers) {
  EXPECT_EQ(protocol_number("TCP"), 6);
  EXPECT_EQ(protocol_number("udp"), 17);
  EXPECT_EQ(protocol_number("255"), 255);
  EXPECT_EQ(protocol_number("256"), std::nullopt);
  EXPECT_EQ(port_number("SMTP"), 25);
  EXPECT_EQ(port_number("domain"), 53);
  EXPECT_EQ(port_number("65535"), 65535);
  for (const auto word : {"65536", "-1", "0x19", "", "25 ", "smtps-over-morse"})
    EXPECT_EQ(port_number(word), std::nullopt) << word;
}

}  // namespace
}  // namespace ptrd::zone
