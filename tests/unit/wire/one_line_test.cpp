// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/one_line.hpp"

#include <gtest/gtest.h>

namespace ptrd::wire {
namespace {

// Control characters of both blocks are written out; all else, UTF-8 too, stays as it is.
TEST(OneLine, EscapesControlCharacters) {
  EXPECT_EQ(one_line("/var/lib/ptrd/zones.ptri: \\ \xC3\xA4\xE2\x82\xAC"),
            "/var/lib/ptrd/zones.ptri: \\ \xC3\xA4\xE2\x82\xAC");
  EXPECT_EQ(one_line("a\nb\r\tc\x1B[2J\x7F"), "a\\010b\\013\\009c\\027[2J\\127");
  EXPECT_EQ(one_line(std::string_view("\0", 1)), "\\000");
  EXPECT_EQ(one_line("\xC2\x9B"
                     "31m \xC2\xA0"),
            "\\194\\15531m \xC2\xA0");
  EXPECT_EQ(one_line("\xC2"), "\xC2");
  EXPECT_EQ(one_line(""), "");
}

}  // namespace
}  // namespace ptrd::wire
