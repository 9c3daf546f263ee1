// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/search.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "unit/answer/engine_fixture.hpp"
#include "unit/answer/random_zones.hpp"
#include "unit/answer/search_by_labels.hpp"

namespace ptrd::answer {
namespace {

using test::any_address;
using test::name_above;
using wire::Family;

/// A name of `labels` labels `a` below `end`.
std::string deep_name(size_t labels, const std::string& end) {
  std::string text;
  for (size_t i = 0; i < labels; ++i) text += "a.";
  return text + end;
}

// The search gives the same as a walk by single labels for whole addresses, the names above them and names
// beside them.
RC_GTEST_PROP(SearchTest, AsByLabels, ()) {
  const auto family = *rc::gen::element(Family::v4, Family::v6);
  const auto lines = test::any_zones(family);
  RC_PRE(!lines.empty());
  const image::View view(lines);
  for (int i = 0; i < 100; ++i) {
    const auto address = any_address(family);
    std::string name = i % 2 == 0 ? wire::name_of_key(address).to_text() : name_above(address);
    if (i % 5 == 0) name.insert(0, *rc::gen::element<std::string>("x.", "1.", "1.x.", "*."));
    expect_same_search(view, test::name(name), i % 7 == 0 ? code(Type::ds) : code(Type::ptr));
    RC_ASSERT(!::testing::Test::HasFailure());
  }
}

/// A zone's name or another one below `end`, of few different labels, so that names share their ends.
std::string any_deep_name(const std::string& end) {
  std::string text;
  for (int labels = *rc::gen::inRange(0, 12); labels > 0; --labels)
    text += *rc::gen::weightedElement<std::string>(
        {{8, "a."}, {2, "b."}, {1, "1."}, {1, "*."}, {1, "twelve-octet."}, {1, "AbcdefgH."}});
  return text + end;
}

// The same for names of many labels: what ends a zone or a search may be anywhere on the way, and names may
// be missing anywhere. `end` is outside of the address trees, above and below addresses, and the root.
RC_GTEST_PROP(SearchTest, DeepNamesAsByLabels, ()) {
  const auto end = *rc::gen::element<std::string>("example", "2.0.192.in-addr.arpa", "x.192.in-addr.arpa",
                                                  "in-addr.arpa", "8.b.d.0.1.0.0.2.ip6.arpa", "ip6.arpa", "");
  const auto apex_of = [](const std::string& text) { return text.empty() ? std::string(".") : text; };
  ImageMaker maker;
  std::set<std::string> apexes;
  for (int zones = *rc::gen::inRange(1, 4); zones > 0; --zones) {
    const std::string below = zones == 1 ? end : any_deep_name(end);
    const std::string apex = apex_of(below);
    if (!apexes.insert(test::name(apex).lowered().to_text()).second) continue;
    maker.zone(apex);
    if (*rc::gen::inRange(0, 2) == 0) maker.ptr("7.7." + below, "host.test");
    for (int names = *rc::gen::inRange(1, 12); names > 0; --names) {
      const std::string owner = any_deep_name(below);
      if (owner == below) continue;
      switch (*rc::gen::inRange(0, 6)) {
        case 0:
          maker.add(owner, Type::ns, test::wire_name("ns.elsewhere.test"));
          break;
        case 1:
          maker.add(owner, Type::dname, test::wire_name("elsewhere.test"));
          break;
        default:
          maker.add(owner, Type::txt, test::txt_data("a name"));
      }
    }
  }
  std::vector<image::Line> lines;
  try {
    lines = maker.lines();
  } catch (const std::runtime_error&) {
    RC_DISCARD("names that cannot coexist");
  }
  const image::View view(lines);
  for (int i = 0; i < 100; ++i) {
    const std::string name = apex_of(any_deep_name(i % 10 == 0 ? any_deep_name(end) : end));
    expect_same_search(view, test::name(name), i % 7 == 0 ? code(Type::ds) : code(Type::txt));
    RC_ASSERT(!::testing::Test::HasFailure());
  }
}

// There is nothing below an address that is a leaf or in a range, whatever Nodes there are: a leaf's number
// may be that of a Node's line.
TEST(SearchTest, NothingBelowALeaf) {
  ImageMaker maker;
  maker.fold(false);
  maker.zone("2.0.192.in-addr.arpa").zone("3.0.192.in-addr.arpa").zone("8.b.d.0.1.0.0.2.ip6.arpa");
  std::vector<std::string> names;
  maker.zone_of("2.0.192.in-addr.arpa").range("192.0.2.128/25", test::literal("made"), "example");
  for (int i = 0; i < 256; ++i) {
    names.push_back(std::to_string(i) + ".2.0.192.in-addr.arpa");
    if (i < 128) maker.ptr(names.back(), "h" + std::to_string(i) + ".example");
  }
  maker.zone_of("8.b.d.0.1.0.0.2.ip6.arpa");
  for (int i = 1; i < 128; ++i) {
    names.push_back(wire::name_of_key(*wire::key_of_address("2001:db8::" + std::to_string(i))).to_text());
    maker.ptr(names.back(), "h" + std::to_string(i) + ".example");
  }
  maker.zone_of("3.0.192.in-addr.arpa");
  for (int i = 0; i < 4000; ++i)
    maker.add("x.n" + std::to_string(i) + ".3.0.192.in-addr.arpa", Type::txt, test::txt_data("a Node"));
  const auto lines = maker.lines();
  const image::View view(lines);
  for (const std::string& name : names) {
    expect_same_search(view, test::name("x." + name), code(Type::ptr));
    expect_same_search(view, test::name("y.x." + name), code(Type::ptr));
    EXPECT_EQ(search(view, test::name("x." + name).bytes(), code(Type::ptr)).labels_left, 1) << name;
  }
}

// Names that only look like addresses.
TEST(SearchTest, NotAnAddress) {
  ImageMaker maker;
  maker.zone("8.b.d.0.1.0.0.2.ip6.arpa")
      .ptr(wire::name_of_key(*wire::key_of_address("2001:db8::1")).to_text(), "six.example.net");
  const auto lines = maker.lines();
  const std::string whole = wire::name_of_key(*wire::key_of_address("2001:db8::1")).to_text();
  for (const std::string& name :
       {"g" + whole.substr(1), "0." + whole, whole.substr(2), std::string("ip6.arpa"), std::string("arpa"),
        whole.substr(0, whole.size() - 9) + "\\003ip6.arpa", std::string(30, 'x') + ".ip6.arpa"})
    expect_same_search(image::View(lines), test::name(name), code(Type::ptr));
}

// A name for which a search in the index meets another name's Node: labels decide, in one domain too.
TEST(SearchTest, AnotherNameOfTheSameHash) {
  constexpr image::IndexKey kKey{{0x243F6A8885A308D3, 0x13198A2E03707344}};
  constexpr uint64_t kMostLines = 16;
  HashedName hashed;
  std::unordered_map<uint64_t, std::string> seen;
  std::string there;
  std::string other;
  for (int i = 0; other.empty(); ++i) {
    const std::string text = "x" + std::to_string(i) + ".example";
    const wire::Name name = test::name(text);
    hashed.assign(name.bytes(), kKey);
    const uint64_t place = image::index_place(hashed.hash(2));
    const auto [at, fresh] = seen.try_emplace(place >> 32 << 32 | place % kMostLines, text);
    if (!fresh) there = at->second, other = text;
  }
  image::Builder builder;
  const image::ZoneId zone = builder.add_zone(test::name("example")).value();
  const auto add = [&](const std::string& owner, Type type, const std::string& data) {
    builder.add(zone, test::name(owner).bytes(), code(type), 300, test::bytes_of(data));
  };
  add("example", Type::soa, test::soa_data());
  add("a." + there, Type::txt, test::txt_data("there"));
  builder.index_keys([&](unsigned) { return kKey; });
  const auto lines = builder.build();
  ASSERT_TRUE(lines) << lines.error();
  const image::View view(*lines);
  ASSERT_LE(view.header().index_lines, kMostLines);
  const wire::Name name = test::name(other);
  hashed.assign(name.bytes(), kKey);
  ASSERT_NE(view.indexed(hashed.hash(2)), 0U) << "the other name's Node";
  for (const char* below : {"", "a.", "b.a."}) {
    expect_same_search(view, test::name(below + other), code(Type::txt));
    expect_same_search(view, test::name(below + there), code(Type::txt));
  }
  EXPECT_EQ(search(view, name.bytes(), code(Type::txt)).labels_left, 1);
}

// The search for one name always completes over UDP; several names spend the budget, and the search gives up.
TEST(SearchTest, Bound) {
  ImageMaker maker;
  maker.zone("example")
      .add(deep_name(123, "example"), Type::txt, test::txt_data("deep"))
      .add("www.example", Type::txt, test::txt_data("not deep"));
  const auto lines = maker.lines();
  const image::View view(lines);
  const wire::Name deep = test::name(deep_name(123, "example"));
  const wire::Name other = test::name("www.example");
  Budget budget(Transport::udp, 0);
  Search searches(view, budget);
  EXPECT_EQ(searches.find(deep.bytes(), code(Type::txt)).labels_left, 0);
  EXPECT_FALSE(searches.find(other.bytes(), code(Type::txt)).gave_up) << "124 steps, and two";
  EXPECT_TRUE(searches.find(deep.bytes(), code(Type::txt)).gave_up);
  EXPECT_TRUE(searches.find(other.bytes(), code(Type::txt)).gave_up);
  Budget six(Transport::udp, Budget::kUdp - 6);
  Search few(view, six);
  EXPECT_FALSE(few.find_in_domain(other.bytes(), code(Type::txt)).gave_up) << "two, and two labels";
  EXPECT_TRUE(few.find_in_domain(other.bytes(), code(Type::txt)).gave_up);
}

// Names of one domain take its steps once, and then one label each.
TEST(SearchTest, OneDomain) {
  ImageMaker maker;
  maker.zone("example");
  const std::string domain = deep_name(80, "example");
  constexpr int kNames = 8;
  for (int i = 0; i < kNames; ++i)
    maker.add("h" + std::to_string(i) + "." + domain, Type::txt, test::txt_data("deep"));
  const auto lines = maker.lines();
  Budget budget(Transport::udp, Budget::kUdp - (81 + kNames * (1 + 3 + 170 / 32)));
  Search searches(image::View(lines), budget);
  std::vector<wire::Name> names;
  for (int i = 0; i < kNames; ++i) names.push_back(test::name("h" + std::to_string(i) + "." + domain));
  for (const wire::Name& name : names) {
    const Found found = searches.find_in_domain(name.bytes(), code(Type::txt));
    EXPECT_FALSE(found.gave_up);
    EXPECT_EQ(found.labels_left, 0);
  }
}

}  // namespace
}  // namespace ptrd::answer
