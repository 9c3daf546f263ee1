// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/suffix_table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cctype>
#include <deque>

#include "unit/image_maker.hpp"

namespace ptrd::answer {
namespace {

wire::Bytes remember(SuffixTable& table, std::deque<std::string>& names, const std::string& text,
                     size_t offset) {
  const wire::Bytes name = test::bytes_of(names.emplace_back(test::wire_name(text)));
  (void)table.find_or_add(SuffixTable::hash(name), name, offset);
  return name;
}
/// Stores nothing: the offset is too far for a pointer.
uint16_t find(SuffixTable& table, const std::string& text) {
  const std::string name = test::wire_name(text);
  return table.find_or_add(SuffixTable::hash(test::bytes_of(name)), test::bytes_of(name), 0x4000);
}

// A name is found in any case, a different one is not; far into a message no pointer is possible.
TEST(SuffixTableTest, FindsNames) {
  SuffixTable table;
  std::deque<std::string> names;
  remember(table, names, "one.example", 12);
  remember(table, names, "x", 50);
  remember(table, names, "net", 60);
  remember(table, names, "far.example", 0x4000);
  EXPECT_EQ(find(table, "ONE.Example"), 12);
  EXPECT_EQ(find(table, "X"), 50);
  EXPECT_EQ(find(table, "nEt"), 60);
  EXPECT_EQ(find(table, "two.example"), 0);
  EXPECT_EQ(find(table, "example"), 0);
  EXPECT_EQ(find(table, "far.example"), 0);
}

// Removed names are not found, and their space is reused.
TEST(SuffixTableTest, Forgets) {
  SuffixTable table;
  std::deque<std::string> names;
  remember(table, names, "kept.example", 12);
  for (int round = 0; round < 10; ++round) {
    int found = 0;
    for (int i = 0; i < 100; ++i) {
      const std::string text = "n" + std::to_string(i) + "-" + std::to_string(round) + ".example";
      remember(table, names, text, 20);
      found += find(table, text) == 20 ? 1 : 0;
    }
    EXPECT_GE(found, 97) << "of 100, whose buckets are near one another now and then; round " << round;
    table.shrink_to(1);
    EXPECT_EQ(find(table, "n1-" + std::to_string(round) + ".example"), 0);
    EXPECT_EQ(find(table, "kept.example"), 12);
  }
}

// With any number of names, the right one is found.
TEST(SuffixTableTest, ManyNames) {
  SuffixTable table;
  std::deque<std::string> names;
  for (int i = 0; i < 5000; ++i)
    remember(table, names, "host-" + std::to_string(i) + "-static.example", 12 + static_cast<size_t>(i));
  int found = 0;
  for (int i = 0; i < 5000; ++i) {
    const unsigned at = find(table, "host-" + std::to_string(i) + "-static.example");
    EXPECT_TRUE(at == 0 || at == 12U + static_cast<unsigned>(i)) << i;
    found += at != 0 ? 1 : 0;
  }
  EXPECT_GT(found, 150) << "as many as there is room for";
}

// Names that differ only in case have the same hash, whatever their labels' lengths.
RC_GTEST_PROP(SuffixTableTest, HashIgnoresCase,
              (const std::vector<uint8_t>& lengths, const std::string& filling)) {
  std::string name;
  size_t at = 0;
  for (const uint8_t length : lengths) {
    const size_t size = 1 + length % 63;
    if (name.size() + size + 2 > wire::kMaxName) break;
    name += static_cast<char>(size);
    for (size_t i = 0; i < size; ++i) name += filling.empty() ? 'a' : filling[at++ % filling.size()];
  }
  RC_PRE(!name.empty());
  name += '\0';
  std::string other = name;
  for (size_t i = 0; other[i] != 0; i += static_cast<size_t>(name[i]) + 1) {
    for (size_t j = 1; j <= static_cast<size_t>(name[i]); ++j) {
      const auto c = static_cast<unsigned char>(other[i + j]);
      if (c < 0x80) other[i + j] = static_cast<char>(std::isupper(c) ? std::tolower(c) : std::toupper(c));
    }
  }
  RC_ASSERT(SuffixTable::hash(test::bytes_of(name)) == SuffixTable::hash(test::bytes_of(other)));
  RC_ASSERT(wire::same_ignoring_case(test::bytes_of(name), test::bytes_of(other)));
}

}  // namespace
}  // namespace ptrd::answer
