// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/label_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ptrd/image/label_hash.hpp"
#include "unit/image_maker.hpp"
#include "unit/processor_time.hpp"

namespace ptrd::image {
namespace {

constexpr IndexKey kFirst{{0x0706050403020100, 0x0F0E0D0C0B0A0908}};
constexpr IndexKey kSecond{{1, 2}};

/// An image of a zone with a TXT record at each label.
std::vector<Line> built(const std::vector<std::string>& labels, IndexKeys keys = {}) {
  Builder builder;
  const ZoneId zone = builder.add_zone(test::name("flood.example")).value();
  const auto add = [&](const std::string& owner, wire::Type type, const std::string& data) {
    builder.add(zone, test::name(owner).bytes(), static_cast<uint16_t>(type), 300, test::bytes_of(data));
  };
  add("flood.example", wire::Type::soa, test::soa_data());
  for (const std::string& label : labels) add(label + ".flood.example", wire::Type::txt, test::txt_data("x"));
  builder.index_keys(std::move(keys));
  auto lines = builder.build();
  if (!lines) throw std::runtime_error(lines.error());
  return *std::move(lines);
}

std::vector<std::string> numbered(size_t count) {
  std::vector<std::string> labels;
  for (size_t i = 0; i < count; ++i) labels.push_back("n" + std::to_string(i));
  return labels;
}

uint32_t child(const View& view, uint32_t parent, const std::string& label) {
  return view.labelled_child(parent, test::bytes_of(label));
}
uint32_t flooded(const View& view) {
  return child(view, child(view, view.header().root, "example"), "flood");
}

/// Labels below `parent` whose hashes under `key` agree in their low bits.
std::vector<std::string> colliding(size_t count, const IndexKey& key, uint32_t parent, uint32_t low_bits) {
  std::vector<std::string> labels;
  for (uint64_t i = 0; labels.size() < count; ++i) {
    std::string label = "x" + std::to_string(i);
    if ((hash_label(key, parent, test::bytes_of(label)) & low_bits) == 0) labels.push_back(std::move(label));
  }
  return labels;
}

void seal(std::vector<Line>& lines) {
  auto& header = *reinterpret_cast<Header*>(lines.data());
  header.checksum = checksum(lines);
}
Header& header_of(std::vector<Line>& lines) {
  return *reinterpret_cast<Header*>(lines.data());
}

// The hash does not look at the case of letters, and at nothing else in that way.
TEST(LabelIndex, HashIgnoresCaseAlone) {
  for (unsigned c = 0; c < 256; ++c) {
    for (unsigned place = 0; place < 8; ++place) {
      const uint64_t word = 0x8000'00FF'7F40'5B00 ^ uint64_t { c } << 8 * place;
      const uint64_t low = label_hash::lowered(word);
      for (unsigned i = 0; i < 8; ++i)
        EXPECT_EQ(low >> 8 * i & 0xFF, wire::lower(static_cast<uint8_t>(word >> 8 * i & 0xFF)));
    }
  }
  const std::string upper(63, 'Q');
  const std::string lower(63, 'q');
  for (size_t size = 1; size <= 63; ++size) {
    const auto hash = [&](const std::string& text) {
      return hash_label(kFirst, 7, test::bytes_of(text).first(size));
    };
    EXPECT_EQ(hash(upper), hash(lower));
    for (size_t i = 0; i < size; ++i) {
      std::string other = lower;
      other[i] = 'r';
      EXPECT_NE(hash(other), hash(lower)) << size << " " << i;
    }
  }
  EXPECT_NE(hash_label(kFirst, 7, test::bytes_of("a")), hash_label(kFirst, 8, test::bytes_of("a")));
  EXPECT_NE(hash_label(kFirst, 7, test::bytes_of("a")), hash_label(kSecond, 7, test::bytes_of("a")));
}

// Labels that collide under the first key have the builder take the second.
TEST(LabelIndex, AnotherKeyWhenOneDoesNotHold) {
  const auto placed = built(numbered(200));
  const uint32_t parent = flooded(View(placed));
  const auto labels = colliding(200, kFirst, parent, 63);
  const auto lines = built(labels, [](unsigned n) { return n == 0 ? kFirst : kSecond; });
  ASSERT_TRUE(verify(lines));
  const View view(lines);
  EXPECT_EQ(view.header().index_key, kSecond);
  EXPECT_EQ(view.header().index_lines, 64U);
  EXPECT_LE(view.header().index_probes, kMaxIndexProbes);
  for (const std::string& label : labels) EXPECT_NE(child(view, parent, label), 0U);
  for (const std::string& label : numbered(200)) EXPECT_EQ(child(view, parent, label), 0U);
}

// With no key that does, it takes a larger table; where that does not help either, there is an error, not an
// image that is slow.
TEST(LabelIndex, LargerTableWhenNoKeyHolds) {
  const auto placed = built(numbered(200));
  const uint32_t parent = flooded(View(placed));
  const IndexKeys always = [](unsigned) { return kFirst; };
  const auto lines = built(colliding(200, kFirst, parent, 63), always);
  ASSERT_TRUE(verify(lines));
  EXPECT_GT(View(lines).header().index_lines, 64U);
  EXPECT_LE(View(lines).header().index_probes, kMaxIndexProbes);
  const auto hopeless = colliding(200, kFirst, parent, 1023);
  try {
    (void)built(hopeless, always);
    FAIL() << "built";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("label index"), std::string::npos) << error.what();
  }
}

// Labels that collide under the key of an earlier image of the zone do not under that of their own;
// verification takes a time linear in their number, and misses stay within the bound.
TEST(LabelIndex, FloodVerifiesInLinearTime) {
  const auto placed = built(numbered(8000));
  const uint32_t parent = flooded(View(placed));
  const IndexKey known = View(placed).header().index_key;
  auto labels = colliding(8000, known, parent, 2047);
  const auto many = built(labels);
  labels.resize(4000);
  const auto some = built(labels);
  ASSERT_TRUE(verify(many));
  EXPECT_NE(View(many).header().index_key, known);
  EXPECT_LE(View(many).header().index_probes, kMaxIndexProbes);
  const double half = test::least_processor_time([&] { EXPECT_TRUE(verify(some)); });
  const double whole = test::least_processor_time([&] { EXPECT_TRUE(verify(many)); });
  EXPECT_LT(whole, 3 * half) << "twice the names";
}

// The same zones give the same index; another record gives it another key.
TEST(LabelIndex, KeyFollowsFromTheZones) {
  const auto first = built(numbered(50));
  const auto again = built(numbered(50));
  const auto other = built(numbered(51));
  EXPECT_EQ(View(first).header().index_key, View(again).header().index_key);
  EXPECT_NE(View(first).header().index_key, View(other).header().index_key);
}

// The index of a finished image can be rebuilt with another key, from the Nodes that the old one refers to.
TEST(LabelIndex, RehashedInAFinishedImage) {
  auto lines = built(numbered(300));
  std::vector<uint32_t> nodes;
  for (uint32_t i = 0; i < header_of(lines).index_lines; ++i) {
    for (const auto& slot : View(lines).at<IndexLine>(header_of(lines).index + i).slot)
      if (slot.node != 0) nodes.push_back(slot.node);
  }
  const auto index = make_index(View(lines), nodes, [](unsigned) { return kSecond; });
  ASSERT_TRUE(index);
  ASSERT_EQ(index->lines.size(), header_of(lines).index_lines);
  std::copy(index->lines.begin(), index->lines.end(),
            reinterpret_cast<IndexLine*>(&lines[header_of(lines).index]));
  seal(lines);
  EXPECT_FALSE(verify(lines)) << "a table under another key than the header's";
  header_of(lines).index_key = index->key;
  header_of(lines).index_probes = index->probes;
  seal(lines);
  EXPECT_TRUE(verify(lines));
  const View view(lines);
  EXPECT_NE(child(view, flooded(view), "n299"), 0U);
}

// An image that allows more probes than the bound, none, or fewer than its names need is refused.
TEST(LabelIndex, ProbesOfAHostileImage) {
  auto lines = built(numbered(3000));
  const uint32_t probes = header_of(lines).index_probes;
  ASSERT_GT(probes, 1U);
  for (const uint32_t wrong : {kMaxIndexProbes + 1, ~0U, 0U, probes - 1}) {
    header_of(lines).index_probes = wrong;
    seal(lines);
    EXPECT_FALSE(verify(lines)) << wrong;
  }
  header_of(lines).index_probes = probes;
  seal(lines);
  EXPECT_TRUE(verify(lines));
}

// A search for a name that is not there ends in a table without a free slot too.
TEST(LabelIndex, FullTable) {
  auto lines = built(numbered(6));  // and `example`, `flood`
  std::vector<IndexLine::Slot> slots;
  for (uint32_t i = 0; i < header_of(lines).index_lines; ++i) {
    for (const auto& slot : View(lines).at<IndexLine>(header_of(lines).index + i).slot)
      if (slot.node != 0) slots.push_back(slot);
  }
  ASSERT_EQ(slots.size(), IndexLine::kSlots);
  std::copy(slots.begin(), slots.end(), reinterpret_cast<IndexLine*>(&lines[header_of(lines).index])->slot);
  header_of(lines).index_lines = header_of(lines).index_probes = 1;
  seal(lines);
  ASSERT_TRUE(verify(lines));
  const View view(lines);
  EXPECT_NE(child(view, flooded(view), "n5"), 0U);
  EXPECT_EQ(child(view, flooded(view), "n6"), 0U);
}

// A zone's name must be that of its apex, regardless of hashes: a name of as many labels is not enough.
TEST(LabelIndex, ZoneNameIsComparedWithItsApex) {
  auto lines = built(numbered(2));
  const View view(lines);
  auto* name = const_cast<uint8_t*>(view.zone_name(view.at<Zone>(view.header().zones)).data());
  ASSERT_EQ(name[1], 'f');
  name[1] = 'b';
  seal(lines);
  EXPECT_FALSE(verify(lines));
  name[1] = 'F';
  seal(lines);
  EXPECT_FALSE(verify(lines));
  name[1] = 'f';
  seal(lines);
  EXPECT_TRUE(verify(lines));
}

}  // namespace
}  // namespace ptrd::image
