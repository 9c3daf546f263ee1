// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lint/address_in_name.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace ptrd;
using namespace ptrd::lint;

namespace {

std::string found(const std::string& address, const std::string& name) {
  const auto form = find_address(name, wire::key_of_address(address).value());
  return form ? form->to_text() + ": " + name.substr(form->from, form->to - form->from) : "";
}

}  // namespace

TEST(AddressInName, DecimalWithAnySeparatorInEitherOrder) {
  EXPECT_EQ(found("192.0.2.1", "host-192-0-2-1.example"), "the whole address in decimal: 192-0-2-1");
  EXPECT_EQ(found("192.0.2.1", "1.2.0.192.dyn"), "the whole address in decimal, reversed: 1.2.0.192");
  EXPECT_EQ(found("192.0.2.1", "a192b000c002d001"), "the whole address in decimal: 192b000c002d001");
  EXPECT_EQ(found("192.0.2.1", "host-192-0-2-11"), "") << "another address";
}

TEST(AddressInName, DecimalWithoutSeparators) {
  EXPECT_EQ(found("192.0.2.1", "ip192000002001x"), "the whole address in decimal: 192000002001");
  EXPECT_EQ(found("198.51.100.23", "c1985110023"), "the whole address in decimal: 1985110023");
  EXPECT_EQ(found("192.0.2.1", "n3221225985"), "the whole address in decimal: 3221225985");
  EXPECT_EQ(found("1.0.0.1", "n1001"), "") << "so few digits are chance";
}

TEST(AddressInName, Hexadecimal) {
  EXPECT_EQ(found("192.0.2.171", "xC00002AB.example"), "the whole address in hexadecimal: C00002AB");
  EXPECT_EQ(found("192.0.2.171", "x-ab-02-00-c0"), "the whole address in hexadecimal, reversed: ab-02-00-c0");
}

TEST(AddressInName, PartsOfIPv4) {
  EXPECT_EQ(found("10.20.30.40", "pc30-40"), "a part of the address in decimal: 30-40");
  EXPECT_EQ(found("10.20.30.40", "pc40-30-20"), "a part of the address in decimal, reversed: 40-30-20");
  EXPECT_EQ(found("10.20.30.40", "pc10-20"), "") << "the network alone is not the address";
}

TEST(AddressInName, IPv6) {
  EXPECT_EQ(found("2001:db8::1", "p20010db8000000000000000000000001.x"),
            "the whole address in hexadecimal: 20010db8000000000000000000000001");
  EXPECT_EQ(found("2001:db8::1", "x2001-db8--1.y"), "the whole address in hexadecimal: 2001-db8--1");
  EXPECT_EQ(found("2001:db8:1:2:3:4:5:6", "2001-db8-1-2.y"),
            "a part of the address in hexadecimal: 2001-db8-1-2");
  EXPECT_EQ(found("2001:db8:1:2:3:4:5:6", "6-5-4-3-2-1-db8-2001"),
            "the whole address in hexadecimal, reversed: 6-5-4-3-2-1-db8-2001");
  EXPECT_EQ(found("2001:db8:1:2::1", "cpe-20010DB800010002"),
            "a part of the address in hexadecimal: 20010DB800010002");
  EXPECT_EQ(found("2001:db8::1", "x00000000.y"), "") << "zeros alone are chance";
  EXPECT_EQ(found("2001:db8::1", "x2001-db8--2.y"), "");
}

TEST(AddressInName, OwnerOfAClasslessZone) {
  const auto address = [](const char* owner) {
    const auto key = address_of_owner(wire::Name::from_text(owner).value());
    return key ? wire::address_of_key(*key) : "";
  };
  EXPECT_EQ(address("5.2.0.192.in-addr.arpa"), "192.0.2.5");
  EXPECT_EQ(address("5.0/25.2.0.192.in-addr.arpa"), "192.0.2.5");
  EXPECT_EQ(address("5.0-63.2.0.192.in-addr.arpa"), "192.0.2.5");
  EXPECT_EQ(address("2.0.192.in-addr.arpa"), "");
  EXPECT_EQ(address("*.2.0.192.in-addr.arpa"), "");
  EXPECT_EQ(address("5.0-63.example.in-addr.arpa"), "");
}
