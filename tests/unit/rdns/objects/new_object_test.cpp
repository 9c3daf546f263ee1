// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/new_object.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "scanning.hpp"

namespace ptrd::rdns {
namespace {

NewObjects wanted(const Range& range) {
  return {.range = range,
          .servers = {name_server("ns1.example.net").value(), name_server("ns2.example.net").value()},
          .ds = {},
          .before_servers = {{"descr", "d"}, {"admin-c", "A"}, {"tech-c", "A"}, {"zone-c", "A"}},
          .after_servers = {{"mnt-by", "M"}, {"source", "TEST"}}};
}

// For any prefix except the tops of the trees and a single IPv4 address, the checks find no fault in its
// objects, and the objects delegate it.
RC_GTEST_PROP(NewObjectProperty, ReadsBackAsThePrefix, (bool v4, uint64_t high)) {
  const unsigned bits = v4 ? 32 : 64;
  const unsigned length = *rc::gen::inRange<unsigned>(1, v4 ? bits : bits + 1);
  const uint64_t part =
      length == 64 ? high : (v4 ? high & 0xFFFFFFFF : high) >> (bits - length) << (bits - length);
  const Prefix prefix{v4 ? wire::Family::v4 : wire::Family::v6, static_cast<uint8_t>(length),
                      v4 ? Address{part} : Address{part} << 64};
  const auto text = object_text(wanted(prefix.range()));
  RC_ASSERT(text.has_value());
  const Scanned scanned = scan_text(*text);
  RC_ASSERT(scanned.findings.empty());
  std::vector<Range> ranges;
  for (const DomainObject& object : scanned.objects) ranges.push_back(object.domain.range);
  RC_ASSERT(prefixes_of(ranges) == std::vector<Prefix>{prefix});
}

// The same for a range as registries write it, with a part of a /24 at each end.
TEST(NewObject, OfARange) {
  const Scanned scanned =
      scan_text(object_text(wanted(range_of_text("196.1.0.64 - 196.1.2.9").value())).value());
  EXPECT_TRUE(scanned.findings.empty());
  std::vector<std::string> domains;
  for (const DomainObject& object : scanned.objects) domains.push_back(object.domain.name.to_text());
  EXPECT_EQ(domains, (std::vector<std::string>{"64-255.0.1.196.in-addr.arpa.", "1.1.196.in-addr.arpa.",
                                               "0-9.2.1.196.in-addr.arpa."}));
}

// An address goes to the object that its name server is in, and to no other.
TEST(NewObject, GlueWhereItBelongs) {
  NewObjects objects = wanted(range_of_text("196.1.0.0/23").value());
  objects.servers[0] = name_server("ns.1.1.196.in-addr.arpa 196.1.1.1").value();
  const Scanned scanned = scan_text(object_text(objects).value());
  EXPECT_TRUE(scanned.findings.empty());
  ASSERT_EQ(scanned.objects.size(), 2U);
  EXPECT_FALSE(scanned.objects[0].servers[0].glue);
  EXPECT_TRUE(scanned.objects[1].servers[0].glue);
}

// A DS holds for one name: several zones with the same are refused.
TEST(NewObject, OneDsOneZone) {
  NewObjects objects = wanted(range_of_text("196.1.0.0/24").value());
  objects.ds = {delegation_signer("1 13 2 " + std::string(64, 'a')).value()};
  EXPECT_EQ(scan_text(object_text(objects).value()).objects.at(0).ds, objects.ds);
  objects.range = range_of_text("196.1.0.0/23").value();
  EXPECT_FALSE(object_text(objects));
}

}  // namespace
}  // namespace ptrd::rdns
