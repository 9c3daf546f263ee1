// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/range.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "ptrd/image/traverse.hpp"
#include "unit/image_maker.hpp"

namespace ptrd::image {
namespace {

using test::ImageMaker;
using test::literal;
using test::name;
using test::steps;
using wire::Family;

/// The output of a program for an address, as text.
std::string run(const std::string& program, std::string_view address) {
  const std::string padded = program + std::string(16, '\0');
  std::array<uint8_t, 512> out{};
  const size_t size = run_program(reinterpret_cast<const uint8_t*>(padded.data()), program.size(),
                                  wire::key_of_address(address)->address, out.data());
  std::string text;
  for (size_t at = 0; at < size; at += out[at] + 1U) {
    if (!text.empty()) text += '.';
    text.append(reinterpret_cast<const char*>(&out[at + 1]), out[at]);
  }
  return text;
}
const char* fault(const std::string& program, Family family = Family::v4, size_t room = 255) {
  return measure_program({reinterpret_cast<const uint8_t*>(program.data()), program.size()}, family, room)
      .fault;
}

// Each form of an octet, for the smallest and largest values.
TEST(RangeProgram, Octets) {
  const auto all = [](int step) { return steps({step, step + 3}); };
  EXPECT_EQ(run(all(op::decimal), "7.0.0.255"), "7255");
  EXPECT_EQ(run(all(op::decimal2), "7.0.0.42"), "0742");
  EXPECT_EQ(run(all(op::decimal2), "0.0.0.142"), "00142");
  EXPECT_EQ(run(all(op::decimal3), "7.0.0.42"), "007042");
  EXPECT_EQ(run(all(op::hex), "7.0.0.255"), "7ff");
  EXPECT_EQ(run(all(op::hex2), "7.0.0.255"), "07ff");
  EXPECT_EQ(run(steps({op::nibble, op::nibble + 7}), "32.0.0.10"), "2a");
}

// Labels get their lengths as they end; a literal may have all 63 octets.
TEST(RangeProgram, Labels) {
  const std::string program =
      literal("host-") + steps({op::decimal + 3, op::label}) + literal("net") + steps({op::decimal});
  EXPECT_EQ(run(program, "10.1.2.3"), "host-3.net10");
  EXPECT_EQ(run(literal(std::string(63, 'x')), "10.0.0.1"), std::string(63, 'x'));
  EXPECT_EQ(run("", "10.0.0.1"), "");
}

// RFC 5952's choice of zeros with hyphens, and none at an edge of the label.
TEST(RangeProgram, ShortestV6) {
  const std::string program = steps({op::shortest});
  EXPECT_EQ(run(program, "2001:db8::1"), "2001-db8--1");
  EXPECT_EQ(run(program, "2001:db8::"), "2001-db8--0");
  EXPECT_EQ(run(program, "::1"), "0--1");
  EXPECT_EQ(run(program, "::"), "0--0");
  EXPECT_EQ(run(program, "2001:0:0:1:0:0:0:1"), "2001-0-0-1--1");
  EXPECT_EQ(run(program, "2001:0:0:1:0:0:1:1"), "2001--1-0-0-1-1");
  EXPECT_EQ(run(program, "2001:0:1:2:3:4:5:6"), "2001-0-1-2-3-4-5-6");
  EXPECT_EQ(run(program, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            "ffff-ffff-ffff-ffff-ffff-ffff-ffff-ffff");
  EXPECT_EQ(run(steps({op::groups}), "2001:db8::1"), "2001-0db8-0000-0000-0000-0000-0000-0001");
  EXPECT_EQ(run(steps({op::nibbles}), "2001:db8::1"), "20010db8000000000000000000000001");
}

// Programs that could write out of bounds, or produce an invalid name, are refused.
TEST(RangeProgram, Measured) {
  EXPECT_EQ(fault(""), nullptr);
  EXPECT_EQ(fault(literal(std::string(60, 'x')) + steps({op::decimal})), nullptr);
  EXPECT_NE(fault(literal(std::string(61, 'x')) + steps({op::decimal})), nullptr);
  EXPECT_NE(fault(steps({op::label})), nullptr);
  EXPECT_NE(fault(steps({op::decimal, op::label})), nullptr);
  EXPECT_NE(fault(steps({5, 'x'})), nullptr);
  EXPECT_NE(fault(steps({op::decimal + 4})), nullptr);
  EXPECT_NE(fault(steps({op::shortest})), nullptr);
  EXPECT_EQ(fault(steps({op::shortest}), Family::v6), nullptr);
  EXPECT_NE(fault(steps({op::shortest, op::nibbles}), Family::v6), nullptr);
  EXPECT_NE(fault(steps({0xFF}), Family::v6), nullptr);
  EXPECT_NE(fault(steps({op::decimal}), Family::v4, 3), nullptr);
}

// A /24 with a rule and few exceptions is one line of octets; a whole /16 is a Ref in the table above.
TEST(RangeImage, Size) {
  const std::string program = literal("h") + steps({op::decimal + 3});
  const auto bare = ImageMaker().zone("10.in-addr.arpa").lines();
  const auto wide =
      ImageMaker().zone("10.in-addr.arpa").range("10.7.0.0/16", program, "pool.example").lines();
  const auto pierced = ImageMaker()
                           .zone("10.in-addr.arpa")
                           .range("10.7.0.0/16", program, "pool.example")
                           .ptr("5.9.7.10.in-addr.arpa", "five.example")
                           .lines();
  EXPECT_LE(wide.size(), bare.size() + 4);     // table, range, declared range, tail
  EXPECT_LE(pierced.size(), wide.size() + 8);  // two names with their tables, leaf, tail
  const Header& header = View(pierced).header();
  EXPECT_EQ(header.synthesised, 65535U);
  EXPECT_EQ(header.records, 3U);
  EXPECT_EQ(header.range_count, 1U);
}

// The same rule is stored once, for any prefixes.
TEST(RangeImage, RulesAreShared) {
  const std::string program = literal("h") + steps({op::decimal + 3});
  ImageMaker maker;
  maker.zone("10.in-addr.arpa");
  for (int i = 0; i < 50; ++i)
    maker.range("10.0." + std::to_string(3 * i) + ".0/24", program, "pool.example");
  const auto lines = maker.lines();
  EXPECT_EQ(View(lines).header().range_count, 1U);
}

/// Prefixes that a traversal says are declared.
std::set<std::string> declared(const std::vector<Line>& lines) {
  const View view(lines);
  std::set<std::string> found;
  Visitor visitor{
      .set = [](const OwnedSet&) {},
      .range =
          [&](const OwnedRange& range) {
            const bool is_new =
                found.insert(wire::address_of_key(range.key) + "/" + std::to_string(range.prefix_size))
                    .second;
            EXPECT_TRUE(is_new);
          }};
  traverse(view, visitor);
  return found;
}

// Declared ranges come out as they went in, with exact records and longer ranges in them, off the octets too.
TEST(RangeImage, Traversed) {
  const std::string one = literal("h") + steps({op::decimal + 3});
  const std::string two = literal("g") + steps({op::decimal + 3});
  EXPECT_EQ(declared(ImageMaker()
                         .zone("10.in-addr.arpa")
                         .range("10.16.0.0/12", one, "a.example")
                         .range("10.17.4.0/22", two, "a.example")
                         .ptr("5.9.18.10.in-addr.arpa", "five.example")
                         .ptr("5.5.17.10.in-addr.arpa", "five.example")
                         .lines()),
            (std::set<std::string>{"10.16.0.0/12", "10.17.4.0/22"}));
  EXPECT_EQ(declared(ImageMaker()
                         .zone("10.in-addr.arpa")
                         .range("10.16.0.0/12", one, "a.example")
                         .ptr("5.9.18.10.in-addr.arpa", "five.example")
                         .lines()),
            (std::set<std::string>{"10.16.0.0/12"}));
  EXPECT_EQ(
      declared(ImageMaker()
                   .zone("8.b.d.0.1.0.0.2.ip6.arpa")
                   .range("2001:db8::/32", steps({op::nibbles}), "a.example")
                   .range("2001:db8:8000::/35", steps({op::groups}), "a.example")
                   .ptr(wire::name_of_key(*wire::key_of_address("2001:db8:9000::1")).to_text(), "x.example")
                   .lines()),
      (std::set<std::string>{"2001:db8::/32", "2001:db8:8000::/35"}));
}

/// Prefixes of the declared IPv4 ranges in the order of the image's list.
std::vector<std::string> listed(const std::vector<Line>& lines) {
  std::vector<std::string> all;
  for (const DeclaredRange& range : View(lines).declared_ranges()) {
    wire::AddressKey key{.family = Family::v4, .units = 4};
    std::copy(std::begin(range.address), std::end(range.address), key.address.begin());
    all.push_back(wire::address_of_key(key) + "/" + std::to_string(range.bits));
  }
  return all;
}

// A prefix without an address of its own is listed, and so is visited: all have records, or longer ranges.
TEST(RangeImage, ListedAlthoughHidden) {
  const std::string one = literal("h") + steps({op::decimal + 3});
  const std::string two = literal("g") + steps({op::decimal + 3});
  ImageMaker maker;
  maker.zone("10.in-addr.arpa")
      .range("10.0.1.0/24", one, "a.example")
      .range("10.0.2.4/31", one, "a.example")
      .ptr("4.2.0.10.in-addr.arpa", "four.example")
      .ptr("5.2.0.10.in-addr.arpa", "five.example")
      .range("10.8.0.0/15", two, "a.example")
      .range("10.8.0.0/16", one, "a.example")
      .range("10.9.0.0/16", one, "a.example");
  for (int host = 0; host < 256; ++host) {  // folded: whether the zone declares it does not show in the Refs
    const std::string label = std::to_string(host);
    maker.ptr(label + ".0.0.10.in-addr.arpa", "h" + label + ".a.example");
    maker.ptr(label + ".1.0.10.in-addr.arpa", "other" + label + ".example");
  }
  const auto lines = maker.lines();
  EXPECT_EQ(listed(lines), (std::vector<std::string>{"10.0.1.0/24", "10.0.2.4/31", "10.8.0.0/15",
                                                     "10.8.0.0/16", "10.9.0.0/16"}));
  const auto visited = declared(lines);
  const auto list = listed(lines);
  EXPECT_EQ(visited, std::set<std::string>(list.begin(), list.end()));
  EXPECT_EQ(View(lines).header().synthesised, 2U * 65536U);
}

// Each zone has its own; one that a deeper zone hides in part is whole, and one that it hides is none.
TEST(RangeImage, ListedByZone) {
  const std::string program = literal("h") + steps({op::decimal + 3});
  const auto lines = ImageMaker()
                         .zone("10.in-addr.arpa")
                         .range("10.0.0.0/8", program, "a.example")
                         .range("10.0.0.0/15", program, "a.example")
                         .range("10.1.2.0/24", program, "a.example")
                         .range("10.2.0.0/16", program, "a.example")
                         .zone("1.10.in-addr.arpa")
                         .range("10.1.0.0/16", program, "b.example")
                         .range("10.1.2.0/23", program, "b.example")
                         .zone("9.2.1.10.in-addr.arpa")
                         .range("10.1.2.9/32", program, "b.example")
                         .zone(".")
                         .range("0.0.0.0/0", program, "root.example")
                         .lines();
  EXPECT_EQ(listed(lines), (std::vector<std::string>{"0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/15", "10.1.0.0/16",
                                                     "10.1.2.0/23", "10.1.2.9/32", "10.2.0.0/16"}));
  const View view(lines);
  const auto of_zone = [&](std::string_view apex) {
    std::vector<unsigned> bits;
    traverse(view, *view.find_zone(name(apex)),
             {.set = [](const OwnedSet&) {},
              .range = [&](const OwnedRange& range) { bits.push_back(range.prefix_size); }});
    return bits;
  };
  EXPECT_EQ(of_zone("."), (std::vector<unsigned>{0}));
  EXPECT_EQ(of_zone("10.in-addr.arpa"), (std::vector<unsigned>{8, 15, 16}));
  EXPECT_EQ(of_zone("1.10.in-addr.arpa"), (std::vector<unsigned>{16, 23}));
  EXPECT_EQ(of_zone("9.2.1.10.in-addr.arpa"), (std::vector<unsigned>{32}));
}

// What encloses an address or a range is visited before it.
TEST(RangeImage, EnclosingComesFirst) {
  const std::string program = literal("h") + steps({op::decimal + 3});
  const auto lines = ImageMaker()
                         .zone("10.in-addr.arpa")
                         .ptr("0.0.0.10.in-addr.arpa", "zero.example")
                         .ptr("7.2.1.10.in-addr.arpa", "seven.example")
                         .ptr("www.1.10.in-addr.arpa", "www.example")
                         .range("10.0.0.0/8", program, "a.example")
                         .range("10.1.0.0/20", program, "a.example")
                         .range("10.1.2.0/29", program, "a.example")
                         .range("10.1.2.7/32", program, "a.example")
                         .range("10.1.2.8/29", program, "a.example")
                         .lines();
  std::vector<std::string> order;
  traverse(View(lines),
           {.set = [&](const OwnedSet& set) { order.push_back(set.owner.to_text()); },
            .range =
                [&](const OwnedRange& range) {
                  order.push_back(wire::address_of_key(range.key) + "/" + std::to_string(range.prefix_size));
                }});
  order.erase(order.begin(), std::find(order.begin(), order.end(), "10.0.0.0/8"));
  EXPECT_EQ(order, (std::vector<std::string>{"10.0.0.0/8", "0.0.0.10.in-addr.arpa.", "10.1.0.0/20",
                                             "10.1.2.0/29", "10.1.2.7/32", "7.2.1.10.in-addr.arpa.",
                                             "10.1.2.8/29", "www.1.10.in-addr.arpa."}));
}

// All addresses of a family can be one range, with others in it.
TEST(RangeImage, AllAddresses) {
  const auto lines = ImageMaker()
                         .zone("arpa")
                         .range("0.0.0.0/0", literal("h") + steps({op::decimal + 3}), "a.example")
                         .range("128.0.0.0/1", literal("g") + steps({op::decimal + 3}), "a.example")
                         .range("::/0", steps({op::nibbles}), "a.example")
                         .ptr("1.2.0.192.in-addr.arpa", "one.example")
                         .lines();
  EXPECT_TRUE(verify(lines));
  EXPECT_EQ(declared(lines), (std::set<std::string>{"0.0.0.0/0", "128.0.0.0/1", "::/0"}));
  EXPECT_EQ(View(lines).header().synthesised, (uint64_t{1} << 32) - 1);
  const View view(lines);
  const auto range_of = [&](std::string_view owner) {
    auto at = std::optional(view.root());
    const wire::Name whole = name(owner);
    const wire::Labels labels(whole.bytes());
    for (size_t i = labels.count; at && i-- > 0;) at = view.child(*at, labels.label(whole.bytes(), i));
    return at && at->kind == Position::Kind::range ? at->index : 0;
  };
  EXPECT_NE(range_of("4.3.2.1.in-addr.arpa"), 0U);
  EXPECT_EQ(range_of("4.3.2.1.in-addr.arpa"), range_of("255.255.255.127.in-addr.arpa"));
  EXPECT_NE(range_of("4.3.2.1.in-addr.arpa"), range_of("0.0.0.128.in-addr.arpa"));
  EXPECT_EQ(range_of("1.2.0.192.in-addr.arpa"), 0U);
}

// A range of all addresses starts at the top of its tree, where no octet or nibble leads to it.
TEST(RangeImage, OfAllAddresses) {
  const std::string four = literal("h") + steps({op::decimal + 3});
  const std::string six = steps({op::nibbles});
  for (const bool one_zone : {false, true}) {
    ImageMaker maker;
    maker.zone(one_zone ? "arpa" : "in-addr.arpa").range("0.0.0.0/0", four, "a.example");
    if (!one_zone) maker.zone("ip6.arpa");
    maker.range("::/0", six, "a.example")
        .range("2000::/3", six, "b.example")
        .ptr(wire::name_of_key(*wire::key_of_address("2001:db8::1")).to_text(), "x.example")
        .zone("10.in-addr.arpa")
        .range("10.1.0.0/16", four, "b.example")
        .ptr("5.9.2.10.in-addr.arpa", "five.example");
    const auto lines = maker.lines();
    EXPECT_EQ(declared(lines), (std::set<std::string>{"::/0", "2000::/3", "0.0.0.0/0", "10.1.0.0/16"}));
    EXPECT_EQ(View(lines).header().synthesised, (uint64_t{255} << 24) + (uint64_t{1} << 16));
  }
  EXPECT_EQ(declared(ImageMaker()
                         .zone("in-addr.arpa")
                         .range("0.0.0.0/1", four, "a.example")
                         .range("128.0.0.0/1", four, "a.example")
                         .lines()),
            (std::set<std::string>{"0.0.0.0/1", "128.0.0.0/1"}));
}

// Invalid ranges are rejected where they are declared, or at the end.
TEST(RangeImage, Refused) {
  const std::string program = literal("h") + steps({op::decimal + 3});
  EXPECT_THROW(ImageMaker().zone("10.in-addr.arpa").range("11.0.0.0/8", program, "a.example"),
               std::runtime_error);
  EXPECT_THROW(ImageMaker().zone("10.in-addr.arpa").range("10.0.0.0/7", program, "a.example"),
               std::runtime_error);
  EXPECT_THROW(ImageMaker().zone("10.in-addr.arpa").range("10.0.0.0/8", steps({0xFF}), "a.example"),
               std::runtime_error);
  EXPECT_THROW(ImageMaker().zone("10.in-addr.arpa").range("10.0.0.1/8", program, "a.example"),
               std::runtime_error);
  EXPECT_THROW(ImageMaker().zone("in-addr.arpa").range("10.0.0.0/33", program, "a.example"),
               std::runtime_error);
  EXPECT_THROW(ImageMaker().zone("ip6.arpa").range("2001:db8::/1", steps({op::nibbles}), "a.example"),
               std::runtime_error);
  EXPECT_THROW(ImageMaker().zone("ip6.arpa").range("2001:db8::/129", steps({op::nibbles}), "a.example"),
               std::runtime_error);
  EXPECT_THROW(ImageMaker()
                   .zone("10.in-addr.arpa")
                   .range("10.0.0.0/9", program, "a.example")
                   .range("10.0.0.0/9", program, "b.example")
                   .lines(),
               std::runtime_error);
}

// A hostile image: each field of a Range, and each Ref to one, is checked.
TEST(RangeImage, Verified) {
  const std::string program = literal("h") + steps({op::decimal + 3});
  const auto good = ImageMaker()
                        .zone("10.in-addr.arpa")
                        .range("10.7.0.0/16", program, "pool.example")
                        .zone("8.b.d.0.1.0.0.2.ip6.arpa")
                        .range("2001:db8::/32", steps({op::nibbles}), "pool.example")
                        .ptr(wire::name_of_key(*wire::key_of_address("2001:db8::1")).to_text(), "x.example")
                        .lines();
  const uint32_t first = View(good).header().ranges;
  ASSERT_EQ(View(good).header().range_lines, 2U);
  const auto refused = [&](auto change) {
    auto lines = good;
    change(reinterpret_cast<Range*>(&lines[first]));
    reinterpret_cast<Header*>(lines.data())->checksum = checksum(lines);
    return !verify(lines).has_value();
  };
  EXPECT_FALSE(refused([](Range*) {}));
  EXPECT_TRUE(refused([](Range* range) { range->tail = 1U << 20; }));
  EXPECT_TRUE(refused([](Range* range) { range->program_size = 200; }));
  EXPECT_TRUE(refused([](Range* range) { range->program[0] = 60; }));
  EXPECT_TRUE(refused([](Range* range) { range->program[2] = op::nibbles; }));
  EXPECT_TRUE(refused([](Range* range) { range->flags |= range_flag::v6; }));
  EXPECT_TRUE(refused([](Range* range) { range->prefix_size = 1; }));
  EXPECT_TRUE(refused([](Range* range) { range[1].flags = 0; }));
  EXPECT_TRUE(refused([](Range* range) { range[1].prefix_size = 200; }));
  EXPECT_TRUE(refused([](Range* range) { range[1].prefix_size = 128; }));
  EXPECT_TRUE(refused([](Range* range) { range[1].key[0] = 0x30; }));
  EXPECT_TRUE(refused([](Range* range) { range[1].key[4] = 1; }));
  EXPECT_TRUE(refused([](Range* range) { range[1].key[15] = 1; }));
  // A prefix that is shorter than its key: copied into another image, such a range was once its own child.
  for (unsigned size = 0; size < 29; ++size)
    EXPECT_TRUE(refused([&](Range* range) { range[1].prefix_size = static_cast<uint8_t>(size); })) << size;
}

// A branch below another one has the upper one's range or a longer one; otherwise the range of an address
// would depend on which nibbles a walk reads.
TEST(RangeVerify, NoBranchLeavesARange) {
  const auto name6 = [](const char* address) {
    return wire::name_of_key(*wire::key_of_address(address)).to_text();
  };
  auto lines = test::ImageMaker()
                   .zone("8.b.d.0.1.0.0.2.ip6.arpa")
                   .range("2001:db8::/32", test::literal("made"), "example")
                   .ptr(name6("2001:db8:0:1::1"), "a.example")
                   .ptr(name6("2001:db8:0:1:1::1"), "b.example")
                   .ptr(name6("2001:db8:1::1"), "c.example")
                   .lines();
  const View view(lines);
  const auto branch_below = [&](Ref ref) {
    for (unsigned nibble = 0; nibble < 16; ++nibble) {
      const Ref child = view.nibble_child(ref.line(), nibble);
      if (child.is(Ref::Kind::nibbles)) return child;
    }
    return Ref();
  };
  const Ref top = view.at<Node>(view.at<Zone>(view.header().zones).apex).children;
  ASSERT_TRUE(top.is(Ref::Kind::nibbles));
  const Ref below = branch_below(top);
  ASSERT_TRUE(below.is(Ref::Kind::nibbles) && view.at<Nibbles>(below.line()).range != 0);
  reinterpret_cast<Nibbles*>(&lines[below.line()])->range = 0;
  reinterpret_cast<Header*>(lines.data())->checksum = checksum(lines);
  const auto verdict = verify(lines);
  ASSERT_FALSE(verdict);
  EXPECT_NE(verdict.error().find("a branch that leaves a range"), std::string::npos) << verdict.error();
}

}  // namespace
}  // namespace ptrd::image
