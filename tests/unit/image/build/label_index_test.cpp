// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/label_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <vector>

#include "fuzz/rich_image.hpp"
#include "ptrd/image/name_hash.hpp"
#include "unit/image_maker.hpp"
#include "unit/processor_time.hpp"

namespace ptrd::image {
namespace {

constexpr IndexKey kFirst{{0x0706050403020100, 0x0F0E0D0C0B0A0908}};
constexpr IndexKey kSecond{{0x243F6A8885A308D3, 0x13198A2E03707344}};

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

uint64_t hash_of(const IndexKey& key, const std::string& text) {
  const wire::Name name = test::name(text).lowered();
  std::vector<uint8_t> bytes(name.bytes().begin(), name.bytes().end());
  bytes.resize(bytes.size() + 7);
  const wire::Labels labels(name.bytes());
  uint64_t hash = root_hash(key);
  for (size_t i = labels.count; i-- > 0;) hash = hash_below(key, hash, &bytes[labels.offset[i]]);
  return hash;
}

/// The Node of a name according to the index; 0: none.
uint32_t find(const View& view, const std::string& text) {
  const uint32_t node = view.indexed(hash_of(view.header().index_key, text));
  const std::string label = text.substr(0, text.find('.'));
  if (node == 0) return 0;
  const auto& named = view.at<Node>(node);
  return label == std::string(reinterpret_cast<const char*>(named.label), named.label_size) ? node : 0;
}

const std::string kFlood = ".flood.example";

/// Labels below `end` with which names' hashes under `key` agree in their low bits.
std::vector<std::string> colliding(size_t count, const IndexKey& key, uint32_t low_bits) {
  std::vector<std::string> labels;
  for (uint64_t i = 0; labels.size() < count; ++i) {
    std::string label = "x" + std::to_string(i);
    if ((index_place(hash_of(key, label + kFlood)) & low_bits) == 0) labels.push_back(std::move(label));
  }
  return labels;
}

/// Two labels whose names a search in an index of up to 16 lines cannot tell apart under `key`.
std::vector<std::string> alike(const IndexKey& key) {
  constexpr uint64_t kLines = 16;
  std::unordered_map<uint64_t, std::string> seen;
  for (uint64_t i = 0;; ++i) {
    const std::string label = "x" + std::to_string(i);
    const uint64_t place = index_place(hash_of(key, label + kFlood));
    const auto [at, fresh] = seen.try_emplace(place >> 32 << 32 | place % kLines, label);
    if (!fresh) return {at->second, label};
  }
}

void seal(std::vector<Line>& lines) {
  auto& header = *reinterpret_cast<Header*>(lines.data());
  header.checksum = checksum(lines);
}
Header& header_of(std::vector<Line>& lines) {
  return *reinterpret_cast<Header*>(lines.data());
}

// Each octet of a label counts, its length, and the name above it; no octet behind it does.
TEST(LabelIndex, HashOfALabel) {
  std::array<uint8_t, 1 + wire::kMaxLabel + 7> text;
  for (size_t size = 1; size <= wire::kMaxLabel; ++size) {
    text.fill('q');
    text[0] = static_cast<uint8_t>(size);
    const uint64_t hash = hash_below(kFirst, 7, text.data());
    std::array<uint8_t, text.size()> other = text;
    for (size_t i = 1; i < text.size(); ++i) {
      other[i] = 'r';
      EXPECT_EQ(hash_below(kFirst, 7, other.data()) == hash, i > size) << size << " " << i;
      EXPECT_EQ(same_label(text.data(), other.data()), i > size) << size << " " << i;
      other[i] = 'q';
    }
    other[0] = static_cast<uint8_t>(size - 1);
    EXPECT_NE(hash_below(kFirst, 7, other.data()), hash);
    EXPECT_FALSE(same_label(text.data(), other.data()));
    EXPECT_NE(hash_below(kFirst, 8, text.data()), hash);
    EXPECT_NE(hash_below(kSecond, 7, text.data()), hash);
    if (size == 1) {
      EXPECT_EQ(hash_below(kFirst, 7, 'q'), hash);
    }
  }
}

// Names that collide under the first key have the builder take the second.
TEST(LabelIndex, AnotherKeyWhenOneDoesNotHold) {
  const auto labels = colliding(200, kFirst, 63);
  const auto lines = built(labels, [](unsigned n) { return n == 0 ? kFirst : kSecond; });
  ASSERT_TRUE(verify(lines));
  const View view(lines);
  EXPECT_EQ(view.header().index_key, kSecond);
  EXPECT_EQ(view.header().index_lines, 64U);
  EXPECT_LE(view.header().index_probes, kMaxIndexProbes);
  for (const std::string& label : labels) EXPECT_NE(find(view, label + kFlood), 0U);
  for (const std::string& label : numbered(200)) EXPECT_EQ(find(view, label + kFlood), 0U);
}

// So have two names of which a search would not know which is which. An image that has them is refused.
TEST(LabelIndex, OneNodeForAHash) {
  const auto labels = alike(kFirst);
  auto lines = built(labels, [](unsigned n) { return n == 0 ? kFirst : kSecond; });
  ASSERT_TRUE(verify(lines));
  const View view(lines);
  EXPECT_EQ(view.header().index_key, kSecond);
  for (const std::string& label : labels) EXPECT_NE(find(view, label + kFlood), 0U);
  ASSERT_EQ(view.header().index_lines, 2U);
  std::array<std::vector<IndexLine::Slot>, 2> slots;
  each_indexed(view, kFirst, [&](uint32_t node, uint64_t hash) {
    const uint64_t place = index_place(hash);
    slots[place & 1].push_back({static_cast<uint32_t>(place >> 32), node});
  });
  auto* index = reinterpret_cast<IndexLine*>(&lines[view.header().index]);
  std::fill_n(index, 2, IndexLine{});
  for (size_t i = 0; i < 2; ++i) std::copy(slots[i].begin(), slots[i].end(), index[i].slot);
  header_of(lines).index_key = kFirst;
  header_of(lines).index_probes = 2;
  seal(lines);
  EXPECT_FALSE(verify(lines));
}

// With no key that does, it takes a larger table; where that does not help either, there is an error, not an
// image that is slow.
TEST(LabelIndex, LargerTableWhenNoKeyHolds) {
  const IndexKeys always = [](unsigned) { return kFirst; };
  const auto lines = built(colliding(200, kFirst, 63), always);
  ASSERT_TRUE(verify(lines));
  EXPECT_GT(View(lines).header().index_lines, 64U);
  EXPECT_LE(View(lines).header().index_probes, kMaxIndexProbes);
  for (const auto& hopeless : {colliding(200, kFirst, 1023), alike(kFirst)}) {
    try {
      (void)built(hopeless, always);
      FAIL() << "built";
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find("label index"), std::string::npos) << error.what();
    }
  }
}

// Names that collide under the key of an earlier image of the zone do not under that of their own;
// verification takes a time linear in their number, and misses stay within the bound.
TEST(LabelIndex, FloodVerifiesInLinearTime) {
  const IndexKey known = View(built(numbered(2000))).header().index_key;
  auto labels = colliding(2000, known, 511);
  const auto many = built(labels);
  labels.resize(1000);
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

// The index of a finished image can be rebuilt with another key, from its names: of all kinds, those below
// parts of addresses too.
TEST(LabelIndex, RehashedInAFinishedImage) {
  for (auto lines : {built(numbered(300)), test::rich_image()}) {
    const View view(lines);
    size_t count = 0;
    for (uint32_t i = 0; i < view.header().index_lines; ++i) {
      for (const auto& slot : view.at<IndexLine>(view.header().index + i).slot)
        count += slot.node != 0 ? 1 : 0;
    }
    const auto index = make_index(view, count, [](unsigned) { return kSecond; });
    ASSERT_TRUE(index);
    ASSERT_EQ(index->lines.size(), view.header().index_lines);
    std::copy(index->lines.begin(), index->lines.end(),
              reinterpret_cast<IndexLine*>(&lines[view.header().index]));
    seal(lines);
    EXPECT_FALSE(verify(lines)) << "a table under another key than the header's";
    header_of(lines).index_key = index->key;
    header_of(lines).index_probes = index->probes;
    seal(lines);
    EXPECT_TRUE(verify(lines));
    each_indexed(view, kSecond, [&](uint32_t node, uint64_t hash) { EXPECT_EQ(view.indexed(hash), node); });
  }
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
  EXPECT_NE(find(view, "n5" + kFlood), 0U);
  EXPECT_EQ(find(view, "n6" + kFlood), 0U);
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
