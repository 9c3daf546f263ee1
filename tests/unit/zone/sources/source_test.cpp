// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/source.hpp"

#include <gtest/gtest.h>

namespace ptrd::zone {
namespace {

std::string fault(SaidBy said_by, const char* zone, const char* owner) {
  const auto found = apex_fault({"f", *wire::Name::from_text(zone), said_by}, *wire::Name::from_text(owner));
  if (!found) return "";
  return (found->severity == Severity::error ? "error: " : "warning: ") + found->text;
}

// Whatever says the zone, the SOA record must agree; the message says what and how to correct it.
TEST(Source, SoaOfAnotherZone) {
  for (const SaidBy said_by : {SaidBy::file_name, SaidBy::argument, SaidBy::configuration})
    EXPECT_EQ(fault(said_by, "10.in-addr.arpa", "10.IN-ADDR.arpa"), "");
  EXPECT_EQ(fault(SaidBy::file_name, "10.in-addr.arpa", "11.in-addr.arpa"),
            "error: the SOA record is for 11.in-addr.arpa., but the zone is 10.in-addr.arpa. by the file's "
            "name; rename the file, or give 11.in-addr.arpa.=FILE");
  EXPECT_EQ(
      fault(SaidBy::argument, "10.in-addr.arpa", "11.in-addr.arpa"),
      "error: the SOA record is for 11.in-addr.arpa., but the zone asked for is 10.in-addr.arpa.; correct "
      "the record's owner or the APEX of APEX=FILE");
  EXPECT_EQ(fault(SaidBy::configuration, "10.in-addr.arpa", "11.in-addr.arpa"),
            "error: the SOA record is for 11.in-addr.arpa., but the configuration has this file for the zone "
            "10.in-addr.arpa.; correct one of them");
}

// An owner below the zone, usually the zone's own name twice, lacks its final dot.
TEST(Source, SoaWithoutFinalDot) {
  EXPECT_EQ(fault(SaidBy::argument, "10.in-addr.arpa", "10.in-addr.arpa.10.in-addr.arpa"),
            "error: the SOA record is for 10.in-addr.arpa.10.in-addr.arpa., but the zone asked for is "
            "10.in-addr.arpa.; add the final dot that the owner or an $ORIGIN lacks");
}

// A file's name cannot have the slash of RFC 2317, and may have another character for it; an argument can.
TEST(Source, SlashInANameOfAFile) {
  EXPECT_EQ(fault(SaidBy::file_name, "0-25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa"), "");
  EXPECT_EQ(fault(SaidBy::file_name, "0/25.2.0.192.in-addr.arpa", "0_25.2.0.192.in-addr.arpa"), "");
  EXPECT_NE(fault(SaidBy::file_name, "0-25.2.0.192.in-addr.arpa", "0/26.2.0.192.in-addr.arpa"), "");
  EXPECT_NE(fault(SaidBy::argument, "0-25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa"), "");
  EXPECT_NE(fault(SaidBy::file_name, "in-addr.arpa", "."), "");
}

// A generic name of a file asks for no zone. One that becomes a top-level zone was hardly meant.
TEST(Source, GenericNameOfAFile) {
  EXPECT_EQ(fault(SaidBy::nothing, "customer7", "2.0.192.in-addr.arpa"), "");
  EXPECT_EQ(fault(SaidBy::nothing, "example.com", "example.com"), "");
  EXPECT_EQ(
      fault(SaidBy::nothing, "customer7", "customer7"),
      "warning: the zone is customer7., as only the file's name says; if that is wrong, give APEX=FILE, or "
      "the SOA record an owner with a final dot");
  EXPECT_EQ(fault(SaidBy::nothing, ".", "."), "");
}

}  // namespace
}  // namespace ptrd::zone
