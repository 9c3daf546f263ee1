// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Addresses that do not exist: the walk's negative answers equal those of the general part.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ptrd/wire/arpa.hpp"
#include "unit/answer/engine_fixture.hpp"
#include "unit/answer/random_zones.hpp"

namespace ptrd::answer {
namespace {

using test::any_address;
using test::any_zones;
using test::ImageMaker;
using wire::Family;
using wire::Type;

class DenialTest : public EngineTest {};

// Random zones, queried for random addresses in them and near them, with and without EDNS: `ask` compares
// both paths through the engine.
RC_GTEST_FIXTURE_PROP(DenialTest, IsTheGeneralParts, ()) {
  const auto family = *rc::gen::element(Family::v4, Family::v6);
  lines_ = any_zones(family);
  RC_PRE(!lines_.empty());
  for (int i = 0; i < 100; ++i) {
    const std::string name = wire::name_of_key(any_address(family)).to_text();
    test::Query query{.name = name.substr(0, name.size() - 1)};
    if (i % 2 == 0) query.edns.emplace();
    (void)ask(query);
    RC_ASSERT(!HasFailure());
  }
}

// Such a denial does not use the general part, even directly below an empty apex, and names the zone.
TEST_F(DenialTest, TakesTheFastWay) {
  ImageMaker maker;
  maker.zone("10.in-addr.arpa").ptr("1.2.3.10.in-addr.arpa", "a.example.").zone("20.172.in-addr.arpa");
  maker.zone("8.b.d.0.1.0.0.2.ip6.arpa")
      .ptr(wire::name_of_key(*wire::key_of_address("2001:db8::1")).to_text(), "b.example.");
  lines_ = maker.lines();
  for (const char* address :
       {"10.3.2.2", "10.3.7.1", "10.4.2.1", "172.20.0.1", "2001:db8::2", "2001:db8:1::"}) {
    const auto name = wire::name_of_key(*wire::key_of_address(address)).to_text();
    EXPECT_EQ(path_of(name), Query::Path::denied) << address;
    const auto reply = ask({.name = name.substr(0, name.size() - 1)});
    EXPECT_EQ(kind_, Kind::nxdomain) << address;
    ASSERT_EQ(reply.authority().size(), 1U) << address;
    EXPECT_EQ(reply.authority().front().type, static_cast<uint16_t>(Type::soa)) << address;
  }
}

// An address outside the path that all addresses of an image share is not in the zone at its end, whether
// that zone has one address, many or none.
TEST_F(DenialTest, BesideTheOnlyWay) {
  const auto name_of = [](const std::string& address) {
    return wire::name_of_key(*wire::key_of_address(address)).to_text();
  };
  for (const int records : {0, 1, 2, 300}) {
    ImageMaker maker;
    maker.zone("8.b.d.0.1.0.0.2.ip6.arpa");
    for (int i = 0; i < records; ++i)
      maker.ptr(name_of("2001:db8:" + std::to_string(1000 + i) + "::1"), "a.example.");
    lines_ = maker.lines();
    for (const char* address : {"2001:db9:1000::1", "2001:da8:1000::1", "3001:db8:1000::1", "::"}) {
      const std::string name = name_of(address);
      EXPECT_EQ(path_of(name), Query::Path::general) << address << " beside " << records;
      (void)ask({.name = name.substr(0, name.size() - 1)});
      EXPECT_EQ(kind_, Kind::refused) << address << " beside " << records;
    }
    const std::string name = name_of("2001:db8:ffff::1");
    EXPECT_EQ(path_of(name), Query::Path::denied) << records;
    (void)ask({.name = name.substr(0, name.size() - 1)});
    EXPECT_EQ(kind_, Kind::nxdomain) << records;
  }
}

// A name is not denied this way below a Node whose children are not in an address table.
TEST_F(DenialTest, ChildrenElsewhere) {
  lines_ = ImageMaker()
               .zone("20.172.in-addr.arpa")
               .add("x.20.172.in-addr.arpa", Type::txt, test::txt_data("x"))
               .lines();
  EXPECT_EQ(path_of("1.0.20.172.in-addr.arpa."), Query::Path::general);
  (void)ask({.name = "1.0.20.172.in-addr.arpa"});
  EXPECT_EQ(kind_, Kind::nxdomain);
}

}  // namespace
}  // namespace ptrd::answer
