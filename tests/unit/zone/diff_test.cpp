// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/diff.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/image_maker.hpp"

namespace ptrd::zone {
namespace {

using ptrd::test::ImageMaker;
using ptrd::test::wire_name;
using wire::Type;

struct Result {
  std::vector<std::string> lines;
  DiffCounts counts;
};

Result run(ImageMaker& a, ImageMaker& b) {
  const auto first = a.lines();
  const auto second = b.lines();
  Result out;
  out.counts = diff(image::View(first), image::View(second), [&](const Difference& one) {
    out.lines.push_back((one.side == Difference::Side::removed ? "-" : "+") + one.owner.to_text());
  });
  return out;
}

TEST(Diff, SameIsSame) {
  ImageMaker a, b;
  for (auto* maker : {&a, &b})
    maker->zone("10.in-addr.arpa").add("1.0.0.10.in-addr.arpa", Type::ptr, wire_name("a.example"));
  const Result result = run(a, b);
  EXPECT_TRUE(result.counts.same());
  EXPECT_TRUE(result.lines.empty());
}

TEST(Diff, RemovedAddedChangedInOrder) {
  ImageMaker a, b;
  a.zone("10.in-addr.arpa");
  b.zone("10.in-addr.arpa");
  a.add("10.0.0.10.in-addr.arpa", Type::ptr, wire_name("gone.example"));
  a.add("2.0.0.10.in-addr.arpa", Type::ptr, wire_name("old.example"));
  b.add("2.0.0.10.in-addr.arpa", Type::ptr, wire_name("new.example"));
  b.add("9.0.0.10.in-addr.arpa", Type::ptr, wire_name("more.example"));
  for (auto* maker : {&a, &b}) maker->add("x.0.10.in-addr.arpa", Type::ptr, wire_name("stays.example"));
  const Result result = run(a, b);
  const std::vector<std::string> wanted = {"-2.0.0.10.in-addr.arpa.", "+2.0.0.10.in-addr.arpa.",
                                           "+9.0.0.10.in-addr.arpa.", "-10.0.0.10.in-addr.arpa."};
  EXPECT_EQ(result.lines, wanted) << "octets go by number";
  EXPECT_EQ(result.counts.changed, 1U);
  EXPECT_EQ(result.counts.removed, 1U);
  EXPECT_EQ(result.counts.added, 1U);
}

TEST(Diff, WholeZones) {
  ImageMaker a, b;
  a.zone("10.in-addr.arpa");
  b.zone("10.in-addr.arpa");
  b.zone("8.b.d.0.1.0.0.2.ip6.arpa");
  const Result result = run(a, b);
  EXPECT_EQ(result.counts.zones_added, 1U);
  EXPECT_EQ(result.counts.added, 2U) << "its SOA and NS";
  EXPECT_EQ(result.counts.zones_removed, 0U);
}

TEST(Diff, OrderOfOwners) {
  const auto before = [](const char* a, const char* b) {
    return compare_owners(test::name(a), test::name(b)) < 0;
  };
  EXPECT_TRUE(before("9.0.0.10.in-addr.arpa", "10.0.0.10.in-addr.arpa"));
  EXPECT_TRUE(before("200.in-addr.arpa", "0-63.in-addr.arpa")) << "octets before other labels";
  EXPECT_TRUE(before("10.example", "9.example")) << "elsewhere labels are text";
  EXPECT_TRUE(before("f.ip6.arpa", "-.ip6.arpa"));
  EXPECT_TRUE(before("in-addr.arpa", "0.in-addr.arpa"));
  EXPECT_TRUE(compare_owners(test::name("A.example"), test::name("a.EXAMPLE")) == 0);
}

}  // namespace
}  // namespace ptrd::zone
