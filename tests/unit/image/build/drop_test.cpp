// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Zones that are dropped again, and zones that are copied from another image.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include "image/build/builder.hpp"
#include "image/build/copy.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/image/records.hpp"
#include "ptrd/image/traverse.hpp"
#include "unit/image_maker.hpp"

namespace ptrd::image {
namespace {

using test::ImageMaker;
using test::literal;
using test::name;
using test::same_lines;
using test::steps;
using wire::Type;

/// Zones that lie within each other, in both trees and outside.
constexpr std::array kApexes = {".",
                                "in-addr.arpa",
                                "10.in-addr.arpa",
                                "2.10.in-addr.arpa",
                                "1.2.10.in-addr.arpa",
                                "7.1.2.10.in-addr.arpa",
                                "8.b.d.0.1.0.0.2.ip6.arpa",
                                "0.0.8.b.d.0.1.0.0.2.ip6.arpa",
                                "example",
                                "sub.example"};

struct TestRecord {
  std::string owner;
  Type type;
  std::string data;
  uint32_t ttl;
};
struct TestRange {
  std::string prefix;
  std::string program;
  std::string tail;
};
struct TestZone {
  std::string apex;
  std::vector<TestRecord> records;
  std::vector<TestRange> ranges;
  bool dropped = false;
};

std::string any_target() {
  const int host = *rc::gen::inRange(0, 5);
  return std::string(*rc::gen::inRange(0, 2) == 0 ? "Host" : "host") + std::to_string(host) +
         *rc::gen::element<std::string>(".pool.example", ".firm.example", ".example");
}

/// An owner of the names that the other zones have too: addresses, names above them, other labels.
std::string any_owner(const std::string& apex) {
  const bool v6 = apex.ends_with("ip6.arpa");
  std::string owner = apex == "." ? *rc::gen::element<std::string>("in-addr.arpa", "example") : apex;
  const int labels = *rc::gen::inRange(0, 5);
  for (int i = 0; i < labels; ++i) {
    const std::string label =
        v6 ? *rc::gen::element<std::string>("0", "0", "a")
           : *rc::gen::element<std::string>("10", "2", "1", "7", "200", "0-63", "sub", "*");
    owner = label + '.' + owner;
  }
  if (v6 && *rc::gen::inRange(0, 2) == 0) {
    while (name(owner).label_count() < 34) owner = "0." + owner;
  }
  return owner;
}

TestRecord any_record(const std::string& apex) {
  TestRecord record{.owner = any_owner(apex), .type = Type::ptr, .data = {}, .ttl = 60};
  if (*rc::gen::inRange(0, 3) == 0) record.ttl = 120;
  const int kind = *rc::gen::inRange(0, 10);
  if (kind == 0) {
    record.type = Type::txt;
    record.data = test::txt_data("text");
  } else if (kind == 1) {
    record.type = Type::ds;
    record.data = std::string(24, '\1');
  } else if (kind == 2) {
    // Enough of them at one name for the tree to keep an index of its sets.
    record.type = static_cast<Type>(65280 + *rc::gen::inRange(0, 12));
    record.owner = apex;
    record.data = "x";
  } else {
    if (kind == 3) record.type = Type::ns;
    record.data = test::wire_name(any_target());
  }
  return record;
}

TestZone any_zone(const std::string& apex) {
  TestZone zone{.apex = apex, .records = {}, .ranges = {}};
  const int count = *rc::gen::inRange(0, 30);
  for (int i = 0; i < count; ++i) zone.records.push_back(any_record(apex));
  const auto program = [] {
    return literal(*rc::gen::element<std::string>("h", "g")) + steps({op::decimal + 3});
  };
  if (apex == "." || apex == "in-addr.arpa" || apex == "10.in-addr.arpa") {
    for (const char* prefix : {"10.0.0.0/8", "10.2.0.0/15", "10.2.1.0/24"}) {
      if (*rc::gen::inRange(0, 4) == 0) zone.ranges.push_back({prefix, program(), "pool.example"});
    }
  } else if (apex.ends_with("ip6.arpa") && *rc::gen::inRange(0, 2) == 0) {
    zone.ranges.push_back(
        {apex.starts_with("0") ? "2001:db8:0::/41" : "2001:db8::/32", steps({op::nibbles}), "six.example"});
  }
  // A run of addresses that follow a rule, so that there is something to fold.
  if (apex.ends_with("10.in-addr.arpa") && *rc::gen::inRange(0, 2) == 0) {
    const std::string net = apex == "10.in-addr.arpa"     ? "1.2." + apex
                            : apex == "2.10.in-addr.arpa" ? "1." + apex
                                                          : apex;
    for (int host = 20; host < 60 && apex != "7.1.2.10.in-addr.arpa"; ++host) {
      const std::string octet = std::to_string(host);
      zone.records.push_back(
          {octet + '.' + net, Type::ptr, test::wire_name("h" + octet + ".rule.example"), 60});
    }
  }
  return zone;
}

std::vector<TestZone> any_zones() {
  std::vector<TestZone> zones;
  for (const char* apex : kApexes) {
    if (*rc::gen::inRange(0, 4) == 0) continue;
    zones.push_back(any_zone(apex));
    zones.back().dropped = *rc::gen::inRange(0, 3) == 0;
  }
  return zones;
}

void add(Builder& builder, ZoneId id, const TestZone& zone) {
  const auto put = [&](const std::string& owner, Type type, uint32_t ttl, const std::string& data) {
    builder.add(id, name(owner).bytes(), static_cast<uint16_t>(type), ttl, test::bytes_of(data));
  };
  put(zone.apex, Type::soa, 3600, test::soa_data());
  put(zone.apex, Type::ns, 3600, test::wire_name("ns1.example."));
  for (const TestRecord& record : zone.records) put(record.owner, record.type, record.ttl, record.data);
  for (const TestRange& range : zone.ranges) {
    const size_t slash = range.prefix.find('/');
    const auto key = wire::key_of_address(range.prefix.substr(0, slash)).value();
    const auto bits = static_cast<uint8_t>(std::stoi(range.prefix.substr(slash + 1)));
    RC_ASSERT(builder.add_range(id, {key.family, key.address, bits}, range.program, name(range.tail), 300)
                  .has_value());
  }
}

std::vector<Line> lines_of(Builder& builder) {
  auto lines = builder.build();
  RC_ASSERT(lines.has_value());
  RC_ASSERT(verify(*lines).has_value());
  return *std::move(lines);
}

// Zones that were added and dropped leave no trace: the bytes are those of a build without them, whatever
// lies above or below them.
RC_GTEST_PROP(DropProperty, LeavesNoTrace, ()) {
  const std::vector<TestZone> zones = any_zones();
  Builder with;
  std::vector<ZoneId> ids;
  for (const TestZone& zone : zones) {
    ids.push_back(with.add_zone(name(zone.apex)).value());
    add(with, ids.back(), zone);
  }
  Builder without;
  for (size_t i = 0; i < zones.size(); ++i) {
    if (zones[i].dropped) {
      with.drop_zone(ids[i]);
    } else {
      add(without, without.add_zone(name(zones[i].apex)).value(), zones[i]);
    }
  }
  RC_ASSERT(same_lines(lines_of(with), lines_of(without)));
}

// A zone that takes the place of a dropped one, copied from another image, gives the bytes of a build with
// only that one.
RC_GTEST_PROP(DropProperty, CopyTakesThePlace, ()) {
  const std::vector<TestZone> zones = any_zones();
  Builder earlier;
  for (const TestZone& zone : zones) {
    const TestZone before = any_zone(zone.apex);
    add(earlier, earlier.add_zone(name(zone.apex)).value(), before);
  }
  const auto previous = lines_of(earlier);
  const View view(previous);
  Builder with;
  std::vector<ZoneId> ids;
  for (const TestZone& zone : zones) {
    ids.push_back(with.add_zone(name(zone.apex)).value());
    add(with, ids.back(), zone);
  }
  Builder without;
  for (size_t i = zones.size(); i-- > 0;) {  // in another order, too
    if (zones[i].dropped) {
      const Zone* zone = view.find_zone(name(zones[i].apex));
      RC_ASSERT(zone != nullptr);
      with.drop_zone(ids[i]);
      RC_ASSERT(copy_zone(view, *zone, with).has_value());
      RC_ASSERT(copy_zone(view, *zone, without).has_value());
    } else {
      add(without, without.add_zone(name(zones[i].apex)).value(), zones[i]);
    }
  }
  RC_ASSERT(same_lines(lines_of(with), lines_of(without)));
}

/// The records and ranges of an image. Targets that differ in letters' case only count as one.
std::set<std::string> contents(const View& view) {
  std::set<std::string> all;
  Visitor visitor;
  visitor.set = [&](const OwnedSet& set) {
    each_record(set.records, [&](uint32_t ttl, wire::Bytes data) {
      std::string text =
          set.owner.to_text() + ' ' + std::to_string(ttl) + ' ' + std::to_string(set.type) + ' ';
      for (const uint8_t c : data) text += static_cast<char>(wire::lower(c));
      all.insert(text);
    });
  };
  visitor.range = [&](const OwnedRange& range) {
    all.insert(wire::address_of_key(range.key) + '/' + std::to_string(range.prefix_size));
  };
  traverse(view, visitor);
  return all;
}

std::vector<Line> copy_of(const View& view) {
  Builder copy;
  // In any order of zones.
  for (size_t i = view.zones().size(); i-- > 0;)
    RC_ASSERT(copy_zone(view, view.zones()[i], copy).has_value());
  return lines_of(copy);
}

// All zones of an image, copied, have the same records and ranges; and a copy of that has the same bytes.
// (The first one need not: what a deeper zone hides has a say in where the deeper zone's records are stored.)
RC_GTEST_PROP(CopyProperty, HasTheSameContents, ()) {
  Builder builder;
  for (const TestZone& zone : any_zones()) add(builder, builder.add_zone(name(zone.apex)).value(), zone);
  const auto lines = lines_of(builder);
  const auto copy = copy_of(View(lines));
  const bool same_contents = contents(View(copy)) == contents(View(lines));
  RC_ASSERT(same_contents);
  RC_ASSERT(same_lines(copy_of(View(copy)), copy));
}

// Without a zone the upper zone's records there come back, and its delegation is one.
TEST(Drop, UpperZoneAnswers) {
  Builder builder;
  const ZoneId upper = builder.add_zone(name("10.in-addr.arpa")).value();
  const ZoneId lower = builder.add_zone(name("1.10.in-addr.arpa")).value();
  const auto put = [&](ZoneId zone, const char* owner, Type type, const std::string& data) {
    builder.add(zone, name(owner).bytes(), static_cast<uint16_t>(type), 60, test::bytes_of(data));
  };
  put(upper, "10.in-addr.arpa", Type::soa, test::soa_data());
  put(upper, "1.10.in-addr.arpa", Type::ns, test::wire_name("ns.customer.example"));
  put(upper, "9.9.1.10.in-addr.arpa", Type::ptr, test::wire_name("hidden.example"));
  put(lower, "1.10.in-addr.arpa", Type::soa, test::soa_data());
  put(lower, "1.10.in-addr.arpa", Type::ns, test::wire_name("ns1.example"));
  put(lower, "8.8.1.10.in-addr.arpa", Type::ptr, test::wire_name("lower.example"));
  EXPECT_EQ(builder.zone_at(name("1.10.In-Addr.Arpa")), lower);
  builder.drop_zone(lower);
  builder.drop_zone(lower);  // once more changes nothing
  EXPECT_EQ(builder.zone_at(name("1.10.in-addr.arpa")), 0U);
  EXPECT_EQ(builder.zone_at(name("2.10.in-addr.arpa")), 0U);
  const auto lines = builder.build().value();
  ASSERT_TRUE(verify(lines).has_value());
  const View view(lines);
  EXPECT_EQ(view.header().zone_count, 1U);
  EXPECT_EQ(view.header().records, 3U);
  EXPECT_EQ(view.find_zone(name("1.10.in-addr.arpa")), nullptr);
  EXPECT_EQ(view.find_zone(name("10.in-addr.arpa")), view.zones().data());
  auto at = view.root();
  for (const char* label : {"arpa", "in-addr", "10", "1"}) at = view.child(at, test::bytes_of(label)).value();
  ASSERT_EQ(at.kind, Position::Kind::node);
  EXPECT_EQ(view.at<Node>(at.index).flags, node_flag::cut);
  for (const char* label : {"9", "9"}) at = view.child(at, test::bytes_of(label)).value();
  EXPECT_EQ(at.kind, Position::Kind::leaf);
}

// An image of no zones at all can be built, and is valid.
TEST(Drop, AllZones) {
  Builder builder;
  const ZoneId zone = builder.add_zone(name("example")).value();  // even one without SOA
  builder.drop_zone(zone);
  const auto lines = builder.build().value();
  EXPECT_EQ(View(lines).header().zone_count, 0U);
  EXPECT_TRUE(verify(lines).has_value());
}

// A zone is found by its own name only, whatever kind of name that is.
TEST(Copy, FindsZones) {
  ImageMaker maker;
  for (const char* apex : kApexes) maker.zone(apex);
  const auto lines = maker.ptr("a.sub.example", "x.example").lines();
  const View view(lines);
  for (const char* apex : kApexes) {
    const Zone* zone = view.find_zone(name(apex));
    ASSERT_NE(zone, nullptr) << apex;
    EXPECT_EQ(view.apex(*zone), name(apex));
  }
  for (const char* other :
       {"arpa", "a.sub.example", "com", "3.10.in-addr.arpa", "1.0.0.2.ip6.arpa", "5.7.1.2.10.in-addr.arpa"})
    EXPECT_EQ(view.find_zone(name(other)), nullptr) << other;
}

// A zone that the builder has already is not copied.
TEST(Copy, RefusesADuplicate) {
  const auto lines = ImageMaker().zone("example").lines();
  const View view(lines);
  Builder builder;
  ASSERT_TRUE(copy_zone(view, view.zones()[0], builder).has_value());
  const auto again = copy_zone(view, view.zones()[0], builder);
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error(), "duplicate zone example.");
}

}  // namespace
}  // namespace ptrd::image
