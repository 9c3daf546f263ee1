// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <utility>

#include "map/hilbert.hpp"
#include "map/prefix.hpp"
#include "map/survey.hpp"
#include "ptrd/image/range.hpp"
#include "unit/image_maker.hpp"

using namespace ptrd;
using namespace ptrd::map;

TEST(Hilbert, VisitsEachCellOnceAndStepsToANeighbour) {
  for (const unsigned order : {1U, 2U, 5U}) {
    std::set<std::pair<uint32_t, uint32_t>> seen;
    Point last;
    for (uint64_t i = 0; i < uint64_t{1} << (2 * order); ++i) {
      const Point at = hilbert_point(order, i);
      EXPECT_TRUE(seen.emplace(at.x, at.y).second);
      if (i > 0) {
        EXPECT_EQ(std::abs(static_cast<int>(at.x - last.x)) + std::abs(static_cast<int>(at.y - last.y)), 1);
      }
      last = at;
    }
    EXPECT_EQ(seen.size(), size_t{1} << (2 * order));
    EXPECT_EQ(last.x, (1U << order) - 1) << "ends at the upper right";
    EXPECT_EQ(last.y, 0U);
  }
}

TEST(Prefix, Text) {
  EXPECT_EQ(prefix_of_text("10.0.0.0/8").value().to_text(), "10.0.0.0/8");
  EXPECT_EQ(prefix_of_text("0.0.0.0/0").value().size(), uint64_t{1} << 32);
  for (const char* bad :
       {"10.0.0.0", "10.0.0.0/33", "10.0.0.1/8", "2001:db8::/32", "10.0.0.0/8x", "10.0.0.0/", "/8"}) {
    EXPECT_FALSE(prefix_of_text(bad)) << bad;
  }
}

TEST(Survey, CountsByKind) {
  test::ImageMaker maker;
  maker.zone("10.in-addr.arpa");
  for (const char* owner : {"1.0.0.10.in-addr.arpa", "2.0.0.10.in-addr.arpa", "1.1.0.10.in-addr.arpa"}) {
    maker.add(owner, wire::Type::ptr, test::wire_name("a.example"));
  }
  maker.add("5.10.in-addr.arpa", wire::Type::ns, test::wire_name("ns.example"));
  maker.add("7.6.10.in-addr.arpa", wire::Type::ns, test::wire_name("ns.example"));
  const auto image = maker.lines();
  const image::View view(image);
  for (const unsigned detail : {16U, 20U}) {  // the sums do not depend on the size of a cell
    const Survey survey(view, prefix_of_text("0.0.0.0/0").value(), detail);
    EXPECT_EQ(survey.total(Kind::unique), 3U);
    EXPECT_EQ(survey.total(Kind::from_template), 0U);
    EXPECT_EQ(survey.total(Kind::delegated), 65536U + 256U);
    EXPECT_EQ(survey.total(Kind::empty), (1U << 24) - 65536U - 256U - 3U);
    EXPECT_EQ(survey.total(Kind::outside), (uint64_t{1} << 32) - (1U << 24));
  }
  const Survey part(view, prefix_of_text("10.0.0.0/16").value(), 24);
  EXPECT_EQ(part.cell(0).named, 2U);
  EXPECT_EQ(part.cell(1).named, 1U);
  EXPECT_EQ(part.cell(2).named, 0U);
  EXPECT_EQ(part.cell(2).empty(), 256U);
  EXPECT_EQ(part.total(Kind::delegated), 0U) << "that lies outside of this part";
}

// Records from rules are counted as such, each once: folded records, and a declared range minus the addresses
// with records of their own.
TEST(Survey, CountsTemplates) {
  test::ImageMaker maker;
  maker.zone("10.in-addr.arpa");
  for (int i = 0; i < 256; ++i)
    maker.ptr(std::to_string(i) + ".9.0.10.in-addr.arpa", "host-10-0-9-" + std::to_string(i) + ".example");
  const std::string rule = test::literal("host-") + test::steps({image::op::decimal + 3});
  maker.range("10.1.0.0/16", rule, "pool.example");
  maker.range("10.1.2.0/24", rule, "other.example");
  maker.ptr("7.7.1.10.in-addr.arpa", "own.example");
  maker.add("8.7.1.10.in-addr.arpa", wire::Type::txt, test::txt_data("no name"));
  maker.add("8.7.1.10.in-addr.arpa", wire::Type::a, test::a_data("192.0.2.1"));
  const auto image = maker.lines();
  const Survey survey(image::View(image), prefix_of_text("10.0.0.0/8").value(), 24);
  EXPECT_EQ(survey.cell(9).from_template, 256U);
  EXPECT_EQ(survey.cell(256 + 2).from_template, 256U);
  EXPECT_EQ(survey.cell(256 + 7).from_template, 254U);
  EXPECT_EQ(survey.cell(256 + 7).named, 1U);
  EXPECT_EQ(survey.total(Kind::from_template), 256U + 65536U - 2U);
  EXPECT_EQ(survey.total(Kind::unique), 1U);
}

// An address with an alias (RFC 2317) has the name at its end, or is delegated where that is on another
// server; an alias that leads nowhere is no name.
TEST(Survey, FollowsAliases) {
  test::ImageMaker maker;
  maker.zone("2.0.192.in-addr.arpa");
  maker.add("0-63.2.0.192.in-addr.arpa", wire::Type::ns, test::wire_name("ns1.example"));
  maker.add("64-127.2.0.192.in-addr.arpa", wire::Type::ns, test::wire_name("ns.cust.example"));
  for (int i = 0; i < 128; ++i) {
    const std::string octet = std::to_string(i);
    maker.add(octet + ".2.0.192.in-addr.arpa", wire::Type::cname,
              test::wire_name(octet + (i < 64 ? ".0-63" : ".64-127") + ".2.0.192.in-addr.arpa"));
  }
  maker.add("128.2.0.192.in-addr.arpa", wire::Type::cname, test::wire_name("128.cust.example"));
  maker.add("129.2.0.192.in-addr.arpa", wire::Type::cname, test::wire_name("129.2.0.192.in-addr.arpa"));
  maker.ptr("130.2.0.192.in-addr.arpa", "own.example");
  maker.zone("0-63.2.0.192.in-addr.arpa");
  for (int i = 1; i <= 20; ++i)
    maker.ptr(std::to_string(i) + ".0-63.2.0.192.in-addr.arpa", "host" + std::to_string(i * i) + ".example");
  const auto image = maker.lines();
  for (const unsigned detail : {24U, 26U, 32U}) {
    const Survey survey(image::View(image), prefix_of_text("192.0.2.0/24").value(), detail);
    EXPECT_EQ(survey.total(Kind::unique), 21U);
    EXPECT_EQ(survey.total(Kind::delegated), 65U);
    EXPECT_EQ(survey.total(Kind::empty), 256U - 21U - 65U);
  }
}
