// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>
#include <string>

#include "unit/image/patch/random_changes.hpp"
#include "unit/stride.hpp"

namespace ptrd::image {
namespace {

using test::PatchedImage;

/// So many random series of changes, of which most must be taken. PTRD_SERIES multiplies them, for a long
/// run.
void run_all(unsigned first, bool ranges, bool with_signed) {
  const char* const set = std::getenv("PTRD_SERIES");
  const unsigned series = 60 * (set == nullptr ? 1 : static_cast<unsigned>(std::stoul(set)));
  unsigned taken = 0;
  for (unsigned i = 0; i < series; i += test::stride()) {
    std::mt19937 numbers(first + i);
    test::Random random([&] { return static_cast<unsigned>(numbers()); });
    constexpr unsigned kSteps = 12;
    ASSERT_EQ(test::run_series(random, ranges, with_signed, kSteps, taken), "") << "seed " << first + i;
  }
  EXPECT_GT(taken, 4 * series / test::stride());
}

TEST(PatcherTest, AnswersAsAFreshCompileAfterRandomChanges) {
  run_all(0, false, false);
}

TEST(PatcherTest, AnswersAsAFreshCompileInRanges) {
  run_all(1000000, true, false);
}

TEST(PatcherTest, AnswersAsAFreshCompileInSignedZones) {
  run_all(2000000, false, true);
}

// Room comes back, whatever the size of what was there: one line, several, and more than the lists of single
// sizes have; and lists of names.
TEST(PatcherTest, RoomComesBack) {
  test::ZoneRecords zones;
  zones.start("example.");
  PatchedImage image(*zones.compile(), {.lines = 500, .tails = 0});
  uint64_t least = ~uint64_t{0};
  for (unsigned turn = 0; turn < 3000; ++turn) {
    const std::string owner = "n" + std::to_string(turn % 5) + ".example.";
    std::vector<test::ZoneRecords::Change> changes = {{RecordChange::Op::remove_name, {owner, 0, 0, ""}}};
    for (unsigned i = 0; i < turn * 7 % 40; ++i) {
      const std::string text = std::to_string(i) + std::string(50, 't');
      changes.push_back(
          {RecordChange::Op::add, {owner, wire::code(wire::Type::txt), 60, test::txt_data(text)}});
    }
    const auto done = image.apply("example.", changes);
    ASSERT_TRUE(done) << turn << ": " << done.error();
    least = std::min(least, image.lines().spare_lines());
  }
  EXPECT_GT(least, 100U);
  ASSERT_TRUE(verify(image.copy()));
}

// A record of a new TTL needs a tail; without room for one it is stored otherwise.
TEST(PatcherTest, WithoutRoomForTails) {
  test::ZoneRecords zones;
  zones.start("10.in-addr.arpa.");
  PatchedImage image(*zones.compile(), {.lines = 500, .tails = 2});
  std::set<std::string> names;
  for (unsigned ttl = 1; ttl < 9; ++ttl) {
    const std::string owner = std::to_string(ttl) + ".0.0.10.in-addr.arpa.";
    const test::ZoneRecords::Change change{
        RecordChange::Op::add, {owner, wire::code(wire::Type::ptr), ttl, test::wire_name("a.example.")}};
    zones.apply("10.in-addr.arpa.", change);
    names.insert(owner);
    ASSERT_TRUE(image.apply("10.in-addr.arpa.", {change}));
  }
  EXPECT_EQ(test::difference(image, zones, names), "");
}

// What no answer could be made of is refused, and nothing is left of it.
TEST(PatcherTest, MalformedSignatures) {
  test::ZoneRecords zones;
  zones.start("example.");
  PatchedImage image(*zones.compile());
  for (const wire::Type type : {wire::Type::rrsig, wire::Type::nsec}) {
    const auto done =
        image.apply("example.", {{RecordChange::Op::add, {"a.example.", wire::code(type), 60, "x"}}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error(), "a.example.: an RRSIG or NSEC record that is not well formed");
  }
  EXPECT_EQ(test::difference(image, zones, {"a.example."}), "");
}

}  // namespace
}  // namespace ptrd::image
