// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Branches of ip6.arpa that take two nibbles at once.
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "ptrd/image/image.hpp"
#include "unit/image_maker.hpp"

namespace ptrd::image {
namespace {

using test::ImageMaker;
using wire::Type;

constexpr const char* kApex = "8.b.d.0.1.0.0.2.ip6.arpa";
/// The octet that differs: its nibbles are at depth 10 and 11.
constexpr unsigned kOctet = 5;

std::string name_in(unsigned octet, unsigned value, unsigned units = 32) {
  wire::AddressKey key = *wire::key_of_address("2001:db8::");
  if (units == 32) key.address[15] = 1;
  key.address[octet] = static_cast<uint8_t>(value);
  key.units = static_cast<uint8_t>(units);
  if (units <= 2 * octet + 1) key.address[octet] &= 0xF0;
  return wire::name_of_key(key).to_text();
}

/// Addresses with each of `first` times `second` nibbles in one octet.
ImageMaker crowd(unsigned first, unsigned second, unsigned octet = kOctet) {
  ImageMaker maker;
  maker.zone(kApex);
  for (unsigned a = 0; a < first; ++a) {
    for (unsigned b = 0; b < second; ++b) maker.ptr(name_in(octet, a << 4 | b), "host.example");
  }
  return maker;
}

/// The branch below the zone's apex.
Ref top_of(const View& view) {
  return view.at<Node>(view.at<Zone>(view.header().zones).apex).children;
}
bool takes_pairs(const std::vector<Line>& lines) {
  return top_of(View(lines)).is(Ref::Kind::pairs);
}

/// Whether a name exists.
bool exists(const View& view, const std::string& text) {
  const wire::Name whole = test::name(text);
  const wire::Labels labels(whole.bytes());
  Position at = view.root();
  for (size_t i = labels.count; i-- > 0;) {
    const auto next = view.child(at, labels.label(whole.bytes(), i));
    if (!next) return false;
    at = *next;
  }
  return true;
}

// Two nibbles at once if that needs no more lines than one at a time: 17.
TEST(Pairs, WhereTheyTakeNoMoreRoom) {
  EXPECT_TRUE(takes_pairs(crowd(16, 16).lines()));
  EXPECT_TRUE(takes_pairs(crowd(16, 2).lines()));   // 2 + 16
  EXPECT_TRUE(takes_pairs(crowd(15, 2).lines()));   // 2 + 15
  EXPECT_FALSE(takes_pairs(crowd(14, 2).lines()));  // 2 + 14
  EXPECT_TRUE(takes_pairs(crowd(8, 11).lines()));   // 1 + 8 * 2
  EXPECT_FALSE(takes_pairs(crowd(8, 10).lines()));  // 1 + 8
  EXPECT_FALSE(takes_pairs(crowd(16, 1).lines()));  // leaves right below the first nibble
  EXPECT_TRUE(takes_pairs(crowd(16, 16, 15).lines()));
}

// Only the two nibbles of one octet: of those at depth 9 to 12, the inner ones.
TEST(Pairs, OneOctet) {
  ImageMaker maker;
  maker.zone(kApex);
  for (unsigned i = 0; i < 1U << 12; i += 3) {
    wire::AddressKey key = *wire::key_of_address("2001:db8::1");
    key.address[4] = static_cast<uint8_t>(i >> 12);
    key.address[5] = static_cast<uint8_t>(i >> 4);
    key.address[6] = static_cast<uint8_t>(i << 4);
    maker.ptr(wire::name_of_key(key).to_text(), "host.example");
  }
  const auto lines = maker.lines();
  const View view(lines);
  const Ref top = top_of(view);
  ASSERT_TRUE(top.is(Ref::Kind::pairs));
  EXPECT_EQ(top.octet(), 5U);
  EXPECT_EQ(view.branch(top).depth, 10U);
  for (unsigned octet = 0; octet < 256; ++octet) {
    const Ref below = view.pair_child(top, static_cast<uint8_t>(octet));
    ASSERT_TRUE(below.is(Ref::Kind::nibbles)) << octet;
    EXPECT_EQ(view.branch(below).depth, 12U);
  }
}

// The lines left free before a table, so that it starts at a multiple of 16, are used for other data.
TEST(Pairs, NoLineIsWasted) {
  const auto pairs = crowd(16, 16).lines();
  const auto nibbles = crowd(16, 16).add(name_in(kOctet, 0, 11), Type::txt, test::txt_data("x")).lines();
  ASSERT_TRUE(takes_pairs(pairs));
  ASSERT_FALSE(takes_pairs(nibbles));
  EXPECT_EQ(top_of(View(pairs)).table() % 16, 0U);
  EXPECT_EQ(View(pairs).header().nibble_lines, 1U + 17U);  // one branch is above the apex
  EXPECT_EQ(View(nibbles).header().nibble_lines, 1U + 2U + 32U);
  EXPECT_EQ(nibbles.size() - pairs.size(), 34U - 17U + 1U);  // the Node; its record is beside others
}

// A Node, a cut or a range at a name between the two nibbles keeps them apart; at the second it does not.
TEST(Pairs, WhatStandsBetween) {
  const std::string between = name_in(kOctet, 0x30, 11);
  const std::string second = name_in(kOctet, 0x33, 12);
  EXPECT_FALSE(takes_pairs(crowd(16, 16).add(between, Type::txt, test::txt_data("x")).lines()));
  EXPECT_FALSE(takes_pairs(crowd(16, 16).add("x." + between, Type::txt, test::txt_data("x")).lines()));
  EXPECT_FALSE(takes_pairs(crowd(16, 16).add(between, Type::ns, test::wire_name("ns.example")).lines()));
  EXPECT_TRUE(takes_pairs(crowd(16, 16).add(second, Type::ns, test::wire_name("ns.example")).lines()));
  const auto range = [](const char* prefix) {
    return crowd(16, 16).range(prefix, test::literal("made"), "example").lines();
  };
  EXPECT_TRUE(takes_pairs(range("2001:db8::/32")));
  EXPECT_FALSE(takes_pairs(range("2001:db8:30::/44")));
  EXPECT_FALSE(takes_pairs(range("2001:db8:20::/43")));
  EXPECT_TRUE(takes_pairs(range("2001:db8:33::/48")));
  EXPECT_TRUE(takes_pairs(range("2001:db8:32::/47")));
}

// Hits are found; so are the names on the path, also between the two nibbles; missing names are not, at any
// depth.
TEST(Pairs, Found) {
  const auto lines = crowd(15, 9).lines();
  const View view(lines);
  ASSERT_TRUE(takes_pairs(lines));
  for (unsigned value = 0; value < 256; ++value) {
    const bool first = value >> 4 < 15;
    const bool both = first && (value & 15) < 9;
    EXPECT_EQ(exists(view, name_in(kOctet, value, 11)), first) << value;
    EXPECT_EQ(exists(view, name_in(kOctet, value, 12)), both) << value;
    EXPECT_EQ(exists(view, name_in(kOctet, value, 13)), both) << value;
    EXPECT_EQ(exists(view, name_in(kOctet, value)), both) << value;
    EXPECT_FALSE(exists(view, "x." + name_in(kOctet, value, 11))) << value;
  }
}

// In a range all names below it exist, regardless of the table.
TEST(Pairs, FoundInARange) {
  const auto lines = crowd(15, 9).range("2001:db8::/32", test::literal("made"), "example").lines();
  const View view(lines);
  ASSERT_TRUE(takes_pairs(lines));
  for (unsigned value = 0; value < 256; ++value) {
    for (const unsigned units : {10U, 11U, 12U, 13U, 31U, 32U})
      EXPECT_TRUE(exists(view, name_in(kOctet, value, units))) << value << " " << units;
  }
  EXPECT_FALSE(exists(view, "x." + name_in(kOctet, 0xF0, 11)));
}

/// A hostile image: a good one with pairs, changed.
class PairsVerify : public ::testing::Test {
 protected:
  /// The error of `verify`; empty: it passes.
  template <typename Change>
  std::string verdict(Change change) {
    auto lines = good_;
    const Ref top = top_of(View(lines));
    change(lines, reinterpret_cast<Nibbles*>(&lines[top.table() - 1]),
           reinterpret_cast<PairTable*>(&lines[top.table()]));
    reinterpret_cast<Header*>(lines.data())->checksum = checksum(lines);
    const auto result = verify(lines);
    return result ? "" : result.error();
  }
  /// The same with only the Ref to the branch changed.
  std::string verdict(Ref top) {
    return verdict([&](std::vector<Line>& lines, Nibbles*, PairTable*) {
      const uint32_t apex = View(lines).at<Zone>(View(lines).header().zones).apex;
      reinterpret_cast<Node*>(&lines[apex])->children = top;
    });
  }
  std::string change(const std::function<void(Nibbles*, PairTable*)>& change) {
    return verdict([&](std::vector<Line>&, Nibbles* header, PairTable* table) { change(header, table); });
  }

  std::vector<Line> good_ = crowd(15, 9).range("2001:db8::/32", test::literal("made"), "example").lines();
};

TEST_F(PairsVerify, GoodOnePasses) {
  EXPECT_EQ(change([](Nibbles*, PairTable*) {}), "");
}

// Each field of the line before the table.
TEST_F(PairsVerify, Header) {
  const auto has = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  for (const int depth : {0, 8, 9, 11, 12, 32, 255}) {
    EXPECT_TRUE(has(change([&](Nibbles* h, PairTable*) { h->depth = static_cast<uint8_t>(depth); }),
                    "the depth of a branch"))
        << depth;
  }
  EXPECT_TRUE(has(change([](Nibbles* h, PairTable*) { h->count = 16; }), "the children of a branch"));
  EXPECT_TRUE(has(change([](Nibbles* h, PairTable*) { h->count = 0; }), "the children of a branch"));
  // A first nibble with children that is marked as empty, and the reverse.
  EXPECT_TRUE(has(change([](Nibbles* h, PairTable*) { h->present = 0x3FFF, h->count = 14; }),
                  "the children of a branch"));
  EXPECT_TRUE(has(change([](Nibbles* h, PairTable*) { h->present = 0xFFFF, h->count = 16; }),
                  "the children of a branch"));
  EXPECT_TRUE(has(change([](Nibbles* h, PairTable*) { h->range = 1; }), "a range"));
  EXPECT_TRUE(has(change([](Nibbles* h, PairTable*) { h->key[0] = 0x30; }), "a misplaced address"));
  // Skipped nibbles that differ from the leaves' keys.
  EXPECT_TRUE(has(change([](Nibbles* h, PairTable*) { h->key[4] = 0x01; }), "a misplaced address"));
}

// The table's Refs: kinds, lines, users, places.
TEST_F(PairsVerify, Table) {
  EXPECT_NE(change([](Nibbles*, PairTable* t) { t->ref[0] = Ref(7U << 28); }), "");
  EXPECT_NE(change([](Nibbles*, PairTable* t) { t->ref[0] = Ref::line(Ref::Kind::octets, 16); }), "");
  EXPECT_NE(change([](Nibbles*, PairTable* t) { t->ref[0] = Ref::line(Ref::Kind::nibbles, 1 << 20); }), "");
  EXPECT_NE(change([](Nibbles*, PairTable* t) { t->ref[0] = Ref::leaf(1U << 30); }), "");
  EXPECT_NE(change([](Nibbles*, PairTable* t) { t->ref[0] = t->ref[1]; }), "");
  EXPECT_NE(change([](Nibbles*, PairTable* t) { std::swap(t->ref[0], t->ref[0x41]); }), "");
  EXPECT_NE(change([](Nibbles*, PairTable* t) { t->ref[0xF3] = t->ref[3], t->ref[3] = {}; }), "");
  // An empty row that is marked as present.
  EXPECT_NE(change([](Nibbles*, PairTable* t) { std::fill_n(&t->ref[0x40], 16, Ref()); }), "");
  // With one child less it is a different but valid image.
  EXPECT_EQ(change([](Nibbles*, PairTable* t) { t->ref[0x44] = {}; }), "");
}

// The Ref to a table: its line, and which octet it consumes. No table starts at line 0 or past the end.
TEST_F(PairsVerify, Reference) {
  const Ref top = top_of(View(good_));
  for (unsigned octet = 0; octet < 16; ++octet)
    EXPECT_EQ(verdict(Ref::pairs(top.table(), octet)).empty(), octet == kOctet) << octet;
  for (uint32_t table = 0; table < good_.size() + 64; table += 16)
    EXPECT_EQ(verdict(Ref::pairs(table, kOctet)).empty(), table == top.table()) << table;
  EXPECT_NE(verdict(Ref::pairs(Ref::kMaxLine & ~15U, kOctet)), "");
  EXPECT_NE(verdict(Ref::line(Ref::Kind::nibbles, top.table() - 1)), "");
  EXPECT_NE(verdict(Ref::line(Ref::Kind::nibbles, top.table())), "");
}

/// A good image, changed at its first branch of one nibble.
std::string changed_first_branch(std::vector<Line> lines, const std::function<void(Nibbles*)>& change) {
  const Ref first = View(lines).header().v6;
  EXPECT_TRUE(first.is(Ref::Kind::nibbles));
  change(reinterpret_cast<Nibbles*>(&lines[first.line()]));
  reinterpret_cast<Header*>(lines.data())->checksum = checksum(lines);
  const auto result = verify(lines);
  return result ? "" : result.error();
}

// Bits of a branch's key after its depth would be taken as common to all addresses.
TEST(NibblesVerify, KeyEndsWithTheDepth) {
  const auto lines = ImageMaker().zone(kApex).ptr(name_in(kOctet, 0), "a.example").lines();
  EXPECT_EQ(changed_first_branch(lines, [](Nibbles*) {}), "");
  for (unsigned i = 3; i < 16; ++i) {
    EXPECT_NE(changed_first_branch(lines, [&](Nibbles* b) { b->key[i] |= 1; }), "") << i;
  }
}

// A walk need not look at the nibble of a branch with one child, so no range may begin within it.
TEST(NibblesVerify, NoRangeBeginsInANibbleThatIsSkipped) {
  auto lines = ImageMaker().zone(kApex).range("2001:db8::/32", test::literal("made"), "example").lines();
  const uint32_t range = View(lines).header().ranges;
  for (const int bits : {29, 30, 31, 32}) {
    reinterpret_cast<Range*>(&lines[range])->prefix_size = static_cast<uint8_t>(bits);
    EXPECT_EQ(changed_first_branch(lines, [](Nibbles*) {}).empty(), bits == 32) << bits;
  }
}

// A table below a branch has the branch's range or a longer one, and so does a branch below a table.
TEST_F(PairsVerify, NoTableLeavesARange) {
  EXPECT_NE(change([](Nibbles* h, PairTable*) { h->range = 0; }), "");
  const Ref top = top_of(View(good_));
  const Ref below = View(good_).pair_child(top, 0);
  ASSERT_TRUE(below.is(Ref::Kind::nibbles));
  EXPECT_NE(verdict([&](std::vector<Line>& lines, Nibbles*, PairTable*) {
              reinterpret_cast<Nibbles*>(&lines[below.line()])->range = 0;
            }).find("a branch that leaves a range"),
            std::string::npos);
}

}  // namespace
}  // namespace ptrd::image
