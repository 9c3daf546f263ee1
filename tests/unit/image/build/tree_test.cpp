// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/tree.hpp"

#include <gtest/gtest.h>

#include <string>

#include "unit/image_maker.hpp"
#include "unit/processor_time.hpp"

namespace ptrd::image {
namespace {

constexpr uint16_t kTxt = 16;

/// Has `count` records added by `add`, and settled, in how many seconds.
template <typename Add>
double time_for(uint32_t count, const Add& add) {
  return test::least_processor_time([&] {
    Tree tree;
    TreeNode& apex = tree.make(test::name("example").bytes());
    apex.apex_of = 1;
    for (uint32_t i = 0; i < count; ++i) add(tree, apex, i);
    size_t records = 0;
    tree.settle([&](TreeNode&, TreeSet& set) { records += set.rdatas.size(); });
    EXPECT_EQ(records, count);
  });
}

// Four times the record sets at one name, records in one set, or names below one: 16 times the work if it
// were quadratic. Memory that no longer fits a cache costs more too, hence 10.
TEST(Tree, GrowthIsNotQuadratic) {
  constexpr uint32_t kCount = 10'000;
  const auto expect_growth = [](const char* what, const auto& add) {
    const double once = time_for(kCount, add);
    const double four_times = time_for(4 * kCount, add);
    EXPECT_LT(four_times, 10 * once) << what;
  };
  expect_growth("types of a name", [](Tree&, TreeNode& apex, uint32_t i) {
    Tree::add(apex, 1, static_cast<uint16_t>(1000 + i), 300, test::bytes_of("x"));
  });
  expect_growth("records of a set", [](Tree&, TreeNode& apex, uint32_t i) {
    Tree::add(apex, 1, kTxt, 300, test::bytes_of(test::u32(i)));
  });
  expect_growth("names below a name", [](Tree& tree, TreeNode&, uint32_t i) {
    Tree::add(tree.make(test::name("n" + std::to_string(i) + ".example").bytes()), 1, kTxt, 300,
              test::bytes_of("x"));
  });
}

// However many sets a name has, each type has one, the records in order of arrival, equal ones once, with the
// smallest TTL.
TEST(Tree, SetsAndDuplicates) {
  Tree tree;
  TreeNode& apex = tree.make(test::name("example").bytes());
  apex.apex_of = 1;
  for (int round = 0; round < 2; ++round) {
    for (unsigned type = 100; type < 140; ++type) {
      Tree::add(apex, 1, static_cast<uint16_t>(type), type - static_cast<unsigned>(round),
                test::bytes_of("b"));
      Tree::add(apex, 1, static_cast<uint16_t>(type), 500, test::bytes_of(round == 0 ? "c" : "a"));
      Tree::add(apex, 2, static_cast<uint16_t>(type), 1, test::bytes_of("another zone's"));
    }
  }
  unsigned type = 100;
  tree.settle([&](TreeNode&, TreeSet& set) {
    EXPECT_EQ(set.type, type);
    EXPECT_EQ(set.ttl, type - 1);
    EXPECT_EQ(set.rdatas, (std::vector<std::string>{"b", "c", "a"}));
    ++type;
  });
  EXPECT_EQ(type, 140U);
}

// When a zone is forgotten, the other's sets at the same name take records as before, and names of which
// nothing is left are gone.
TEST(Tree, Forget) {
  Tree tree;
  TreeNode& apex = tree.make(test::name("example").bytes());
  apex.apex_of = 1;
  for (unsigned type = 100; type < 140; ++type) {
    Tree::add(apex, 2, static_cast<uint16_t>(type), 60, test::bytes_of("another zone's"));
    Tree::add(apex, 1, static_cast<uint16_t>(type), 60, test::bytes_of("a"));
  }
  Tree::add(tree.make(test::name("x.y.example").bytes()), 2, kTxt, 60, test::bytes_of("x"));
  Tree::add(tree.make(test::name("z.example").bytes()), 1, kTxt, 60, test::bytes_of("z"));
  tree.make(test::name("sub.example").bytes()).apex_of = 3;
  tree.forget([](ZoneId zone) { return zone == 2; });
  EXPECT_EQ(tree.find(test::name("y.example").bytes()), nullptr);
  EXPECT_NE(tree.find(test::name("z.example").bytes()), nullptr);
  EXPECT_NE(tree.find(test::name("sub.example").bytes()), nullptr);  // an apex may still get records
  for (unsigned type = 100; type < 140; ++type)
    Tree::add(apex, 1, static_cast<uint16_t>(type), 60, test::bytes_of("b"));
  ASSERT_EQ(apex.sets.size(), 40U);
  for (const TreeSet& set : apex.sets) EXPECT_EQ(set.rdatas, (std::vector<std::string>{"a", "b"}));
}

// The signatures of a name cover several sets: each has the TTL of the set that it covers (RFC 4034 3), also
// if that set's own records differ. Without that set, those of one type have their smallest. They are in the
// order of the types that they cover.
TEST(Tree, SignaturesHaveTheTtlOfWhatTheyCover) {
  constexpr uint16_t kRrsig = 46;
  constexpr uint16_t kPtr = 12;
  constexpr uint16_t kNsec = 47;
  Tree tree;
  TreeNode& node = tree.make(test::name("example").bytes());
  node.apex_of = 1;
  const auto sign = [&](uint16_t covered, uint32_t ttl, const char* rest) {
    Tree::add(node, 1, kRrsig, ttl, test::bytes_of(test::u16(covered) + rest));
  };
  Tree::add(node, 1, kPtr, 3600, test::bytes_of("a"));
  Tree::add(node, 1, kPtr, 7200, test::bytes_of("b"));
  Tree::add(node, 1, kNsec, 300, test::bytes_of("c"));
  sign(kPtr, 9000, "1");
  sign(kNsec, 300, "2");
  sign(kTxt, 60, "3");
  sign(kTxt, 50, "4");
  sign(kPtr, 100, "1");                                // a duplicate
  Tree::add(node, 1, kRrsig, 7, test::bytes_of("5"));  // too short
  std::vector<uint32_t> ttls;
  tree.settle([&](TreeNode&, TreeSet& set) {
    if (set.type == kRrsig) {
      ttls = set.ttls;
      EXPECT_EQ(set.rdatas.size(), 5U);
    } else {
      EXPECT_TRUE(set.ttls.empty());
    }
  });
  EXPECT_EQ(ttls, (std::vector<uint32_t>{7, 3600, 50, 50, 300}));
}

}  // namespace
}  // namespace ptrd::image
