// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/zone_list.hpp"

#include <gtest/gtest.h>

#include "zone/sources/memory_files.hpp"

namespace ptrd::zone::test {
namespace {

using Lines = std::vector<std::string>;

ReadConfiguration read_list(const std::string& text) {
  return read_main({{"/etc/main", text}}, read_zone_list);
}

// A zone and its file on each line; blank lines and comments; spaces within a file's name; CR LF.
TEST(ZoneList, Lines) {
  const auto list = read_list(
      "# list\n; too\n\n10.in-addr.arpa db.10\r\n  0/25.2.0.192.in-addr.arpa.\t /var/a b.zone  \n"
      "11.in-addr.arpa #x");
  EXPECT_EQ(list.zones, (Lines{"10.in-addr.arpa. /etc/db.10", "0/25.2.0.192.in-addr.arpa. /var/a b.zone",
                               "11.in-addr.arpa. /etc/#x"}));
  EXPECT_EQ(list.findings, Lines{});
}

// All lines with errors are named; then there are no zones.
TEST(ZoneList, Errors) {
  const auto list = read_list("10.in-addr.arpa\n11.in-addr.arpa f\n a  \n");
  EXPECT_EQ(list.zones, Lines{});
  EXPECT_EQ(list.findings, (Lines{"/etc/main:1:1: error: expected 'APEX FILE'",
                                  "/etc/main:3:2: error: expected 'APEX FILE'"}));
  EXPECT_EQ(read_list("a..b f\n").findings,
            Lines{"/etc/main:1:1: error: 'a..b' is not a zone name: empty label"});
  EXPECT_EQ(read_main({}, read_zone_list).findings, Lines{"/etc/main: error: No such file or directory"});
}

}  // namespace
}  // namespace ptrd::zone::test
