// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Addresses that do not exist: what the walk denies by itself is what the general part says.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "engine_fixture.hpp"
#include "ptrd/wire/arpa.hpp"

namespace ptrd::answer {
namespace {

using test::ImageMaker;
using wire::Family;
using wire::Type;

/// An address whose octets or nibbles are 0 or 1, few of them 1, so that names meet, and part anywhere.
wire::AddressKey any_address(Family family) {
  wire::AddressKey key{.family = family, .units = static_cast<uint8_t>(family == Family::v4 ? 4 : 32)};
  const size_t places = family == Family::v4 ? 4 : 32;
  for (int ones = *rc::gen::inRange(0, 4); ones > 0; --ones) {
    const auto place = *rc::gen::inRange<size_t>(0, places);
    if (family == Family::v4) {
      key.address[place] = 1;
    } else {
      key.address[place / 2] = static_cast<uint8_t>(key.address[place / 2] | (place % 2 == 0 ? 0x10 : 0x01));
    }
  }
  return key;
}

/// The name of the first units of an address.
std::string name_above(wire::AddressKey key) {
  key.units = *rc::gen::inRange<uint8_t>(1, static_cast<uint8_t>(key.units + 1));
  const size_t bits = key.units * (key.family == Family::v4 ? 8U : 4U);
  for (size_t bit = bits; bit < 128; ++bit)
    key.address[bit / 8] = static_cast<uint8_t>(key.address[bit / 8] & ~(0x80U >> bit % 8));
  return wire::name_of_key(key).to_text();
}

/// Names of all kinds in one family's tree: one zone, sometimes several inside one another, sometimes above
/// the tree.
std::vector<image::Line> any_zones(Family family) {
  ImageMaker maker;
  const char* tree = family == Family::v4 ? "in-addr.arpa" : "ip6.arpa";
  std::set<std::string> apexes;
  for (int zones = *rc::gen::inRange(1, 4); zones > 0; --zones) {
    const std::string apex =
        *rc::gen::weightedElement<std::string>({{2, "."}, {2, tree}, {6, name_above(any_address(family))}});
    if (!apexes.insert(apex).second) continue;
    maker.zone(apex);
    for (int names = *rc::gen::inRange(0, 8); names > 0; --names) {
      const auto address = any_address(family);
      const std::string whole = wire::name_of_key(address).to_text();
      const std::string above = name_above(address);
      const auto inside = [&](const std::string& name) {
        return apex == "." || name == apex || name.ends_with("." + apex);
      };
      switch (*rc::gen::inRange(0, 9)) {
        case 0:
          if (inside(above)) maker.add(above, Type::txt, test::txt_data("on the way"));
          break;
        case 1:
          if (inside(above) && above != apex) maker.add(above, Type::ns, test::wire_name("ns.elsewhere."));
          break;
        case 2:
          if (inside(above)) maker.add(above, Type::dname, test::wire_name("elsewhere."));
          break;
        case 3:
          if (inside(above)) maker.add("*." + above, Type::txt, test::txt_data("wild"));
          break;
        case 4:
          if (inside(whole)) maker.add(whole, Type::txt, test::txt_data("no PTR"));
          break;
        case 5:
          if (inside(above)) maker.add("x." + above, Type::txt, test::txt_data("a label"));
          break;
        default:
          if (inside(whole)) maker.ptr(whole, "host.example.");
      }
    }
    if (*rc::gen::inRange(0, 3) == 0) {
      const auto address = any_address(family);
      const int bits = family == Family::v4 ? 8 * *rc::gen::inRange(1, 4) : 4 * *rc::gen::inRange(1, 31);
      auto prefix = address;
      for (size_t bit = static_cast<size_t>(bits); bit < 128; ++bit)
        prefix.address[bit / 8] = static_cast<uint8_t>(prefix.address[bit / 8] & ~(0x80U >> bit % 8));
      try {
        maker.range(wire::address_of_key(prefix) + "/" + std::to_string(bits), test::literal("made"),
                    "example");
      } catch (const std::runtime_error&) {
        // Not in the zone.
      }
    }
  }
  try {
    return maker.lines();
  } catch (const std::runtime_error&) {
    return {};  // names that cannot stand beside one another
  }
}

class DenialTest : public EngineTest {};

// Random zones, asked for random addresses in them and near them, with and without EDNS: `ask` compares both
// ways through the engine.
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

// Such a denial does not take the general part, also right below an apex that holds nothing, and names the
// zone.
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

// What lies beside the way that all addresses of an image share is not the zone's at its end: neither where
// that has one address, nor where it has many, nor where it has none.
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

// Nor is a name denied this way below a Node that has children elsewhere than in a table of addresses.
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
