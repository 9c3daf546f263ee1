// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/outstanding.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace ptrd::load {
namespace {

using Fate = Outstanding::Fate;
constexpr int64_t kTimeout = 1000;

/// Port and id identify the query's number; a run has one flow, the next run the next flow.
RC_GTEST_PROP(Numbering, LeadsBack, ()) {
  const auto flow_bits = *rc::gen::inRange(0U, 8U), run_bits = *rc::gen::inRange(0U, 6U);
  const Numbering numbering(1U << flow_bits, 1U << run_bits, *rc::gen::inRange<uint64_t>(1, 1 << 22));
  const auto n = *rc::gen::inRange<uint64_t>(0, uint64_t{1} << 40);
  const Numbering::Mark mark = numbering.mark(n);
  RC_ASSERT(mark.flow == (n >> run_bits) % numbering.flows());
  RC_ASSERT(numbering.number(mark) == n % numbering.size());
}

TEST(Numbering, HasRoomForWhatIsUnderWay) {
  EXPECT_GE(Numbering(16, 32, 100'000).size(), 100'000U);
  EXPECT_EQ(Numbering(16, 32, 1 << 30).size(), 16U << 16) << "as many as ids and ports can tell apart";
  EXPECT_EQ(Numbering(4, 1, 256).number({.flow = 4, .id = 0}), 256U) << "a port that is none of ours";
  EXPECT_EQ(Numbering(4, 1, 256).number({.flow = 0, .id = 64}), 256U) << "an id that was never given";
}

class OutstandingTest : public ::testing::Test {
 protected:
  static constexpr size_t kQueries = 3;
  Outstanding outstanding_{Numbering(2, 1, 8), kQueries, 1, kTimeout, false};

  /// One more query has been sent.
  void add(int64_t due) {
    outstanding_.announce(due, 1);
    outstanding_.sent(1);
  }
  Outstanding::Found find(uint64_t n) { return outstanding_.find(outstanding_.numbering().mark(n)); }
};

/// The queries are asked in turn, from the sender's first one on, and each can be found by port and id.
TEST_F(OutstandingTest, FindsQueries) {
  EXPECT_EQ(find(0).fate, Fate::none);
  for (int64_t i = 0; i < 4; ++i) add(100 * i);
  for (uint64_t n = 0; n < 4; ++n) {
    EXPECT_EQ(find(n).fate, Fate::pending);
    EXPECT_EQ(find(n).query, (1 + n) % kQueries);
    EXPECT_EQ(find(n).due, static_cast<int64_t>(100 * n));
  }
  EXPECT_EQ(find(4).fate, Fate::none);
}

/// A query can be found before it is sent; one that the card did not accept was never sent, and comes next.
TEST_F(OutstandingTest, TakesBackWhatWasNotSent) {
  outstanding_.announce(5, 1);
  outstanding_.announce(6, 2);
  EXPECT_EQ(find(2).fate, Fate::pending);
  EXPECT_EQ(find(2).due, 6);
  outstanding_.sent(1);
  EXPECT_EQ(find(0).fate, Fate::pending);
  EXPECT_EQ(find(1).fate, Fate::none);
  EXPECT_EQ(find(2).fate, Fate::none);
  EXPECT_EQ(outstanding_.next(), 1U);
  add(7);
  EXPECT_EQ(find(1).query, 2U) << "the set has three, and the sender began with the second";
  EXPECT_EQ(find(1).due, 7);
}

/// A query has one outcome: of two replies the second is late.
TEST_F(OutstandingTest, DecidesOnce) {
  add(0);
  const Outstanding::Found found = find(0);
  EXPECT_TRUE(outstanding_.decide(found, Fate::answered));
  EXPECT_FALSE(outstanding_.decide(found, Fate::wrong));
  EXPECT_EQ(find(0).fate, Fate::answered);
}

/// A query not answered in time is lost; a late wrong reply makes it wrong instead.
TEST_F(OutstandingTest, GivesUp) {
  add(0);
  add(10);
  EXPECT_FALSE(outstanding_.settle(kTimeout - 1));
  EXPECT_EQ(outstanding_.settled().lost, 0U);
  EXPECT_FALSE(outstanding_.settle(kTimeout));
  EXPECT_EQ(find(0).fate, Fate::lost);
  EXPECT_TRUE(outstanding_.settle(kTimeout + 10));
  EXPECT_EQ(outstanding_.settled().lost, 2U);
  EXPECT_TRUE(outstanding_.decide(find(0), Fate::wrong));
  EXPECT_EQ(outstanding_.settled().lost, 1U);
}

/// As many outstanding queries as there are ports and ids; a finished one makes room.
TEST_F(OutstandingTest, HasRoom) {
  for (int i = 0; i < 8; ++i) add(0);
  EXPECT_EQ(outstanding_.room(), 0U);
  (void)outstanding_.decide(find(0), Fate::answered);
  (void)outstanding_.settle(1);
  EXPECT_EQ(outstanding_.room(), 1U);
}

/// The query that had the same port and id one round before.
TEST_F(OutstandingTest, KnowsTheOneBefore) {
  for (int i = 0; i < 8; ++i) add(0);
  EXPECT_EQ(outstanding_.before(find(2)).fate, Fate::none);
  const size_t first = find(2).query;
  (void)outstanding_.settle(kTimeout);
  for (int i = 0; i < 4; ++i) add(2 * kTimeout);
  EXPECT_NE(find(10).query, first);
  EXPECT_EQ(outstanding_.before(find(10)).fate, Fate::lost);
  EXPECT_EQ(outstanding_.before(find(10)).query, first);
}

/// A silence lasts from the first lost query of a row to the next answered one, or to the end.
TEST_F(OutstandingTest, MeasuresSilence) {
  const auto ask = [&](int64_t due, bool answered) {
    add(due);
    if (answered) (void)outstanding_.decide(find(outstanding_.next() - 1), Fate::answered);
  };
  ask(0, true);
  ask(10, false);
  ask(20, false);
  ask(35, true);
  ask(40, false);
  (void)outstanding_.settle(40 + kTimeout);
  EXPECT_EQ(outstanding_.settled().longest_silence, 25U);
  ask(100, false);
  (void)outstanding_.settle(100 + kTimeout);
  EXPECT_EQ(outstanding_.settled().longest_silence, 60U);
}

}  // namespace
}  // namespace ptrd::load
