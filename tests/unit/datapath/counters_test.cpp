// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "datapath/counters.hpp"

#include <gtest/gtest.h>

#include "datapath/idle.hpp"
#include "json/value.hpp"

namespace ptrd::datapath {
namespace {

constexpr NoteFamily kAccepted{"tcp", "accepted", {}};
constexpr NoteFamily kClosed{"tcp", "closed.", {}, "reason"};
constexpr NoteFamily kOther{"other", "accepted", {}};

// The JSON has the documented members, and its parts add up.
TEST(TotalsTest, Json) {
  Counters counters;
  counters.rx.add(2);
  counters.tx.add(1);
  counters.kinds[static_cast<size_t>(answer::Kind::answer)].add(1);
  counters.verdicts[static_cast<size_t>(frame::Verdict::punt_port)].add(1);
  Totals totals;
  totals.add(counters);
  const auto json = totals.to_json(1.5);
  EXPECT_EQ(json.at("seconds").get<double>(), 1.5);
  EXPECT_EQ(json.at("rx").get<uint64_t>(), 2U);
  EXPECT_EQ(json.at("tx").get<uint64_t>(), 1U);
  EXPECT_EQ(json.at("punted").get<uint64_t>(), 1U);
  EXPECT_EQ(json.at("answered").at("answer").get<uint64_t>(), 1U);
  EXPECT_EQ(json.at("dropped").at("udp_checksum").get<uint64_t>(), 0U);
}

// Frames lost before a worker count as received and dropped, so that the sums stay right.
TEST(TotalsTest, Lost) {
  Counters counters;
  counters.rx.add(2);
  counters.kinds[0].add(2);
  Totals totals;
  totals.add(counters);
  totals.add_lost("socket_overflow", 3);
  totals.add_lost("socket_overflow", 4);
  EXPECT_EQ(totals.rx, 9U);
  EXPECT_EQ(totals.rx, Totals::sum(totals.answered) + Totals::sum(totals.dropped));
  EXPECT_EQ(totals.to_json(1).at("dropped").at("socket_overflow").get<uint64_t>(), 7U);
}

// Each section is an object beside the sums, with the counts of all its families; a dot in a family's prefix
// makes an object in it, and what is added twice adds up.
TEST(TotalsTest, Sections) {
  Totals totals;
  totals.add_note(kAccepted, 5);
  totals.add_note(kClosed, "idle", 2);
  totals.add_note(kClosed, "idle", 1);
  totals.add_note(kOther, 1);
  totals.add_note(kClosed, "client", 2);
  const auto json = totals.to_json(1);
  EXPECT_EQ(json.at("tcp").dump(), R"({"accepted":5,"closed":{"idle":3,"client":2}})");
  EXPECT_EQ(json.at("other").at("accepted").get<uint64_t>(), 1U);
  EXPECT_EQ(json.at("rx").get<uint64_t>(), 0U);
  EXPECT_EQ(json::Value::parse(totals.stats_text(1))->dump(), json.dump());
}

// Totals of several transports add up by name, in every group.
TEST(TotalsTest, OfTotals) {
  Counters counters;
  counters.rx.add(5);
  counters.tx.add(3);
  counters.queries[0].add(1);
  counters.queries[1].add(2);
  counters.kinds[0].add(3);
  counters.tx_full.add(1);
  counters.verdicts[static_cast<size_t>(frame::Verdict::punt_port)].add(1);
  Totals one;
  one.add(counters);
  one.add_note(kAccepted, 4);
  Totals sum;
  sum.add(one);
  sum.add(one);
  EXPECT_EQ(sum.rx, 10U);
  EXPECT_EQ(sum.tx, 6U);
  EXPECT_EQ(sum.queries, (std::array<uint64_t, 2>{2, 4}));
  EXPECT_EQ(Totals::sum(sum.answered), 6U);
  EXPECT_EQ(Totals::sum(sum.dropped), 2U);
  EXPECT_EQ(Totals::sum(sum.punted), 2U);
  EXPECT_EQ(sum.to_json(1).at("tcp").at("accepted").get<uint64_t>(), 8U);
}

// Busy time starts with the first burst and ends with a rest; consecutive rests add nothing.
TEST(BusyTimeTest, WorkAndRest) {
  BusyTime busy;
  busy.rest();
  EXPECT_EQ(busy.ticks(), 0U);
  busy.work();
  EXPECT_EQ(busy.ticks(), 0U);
  busy.rest();
  const uint64_t once = busy.ticks();
  EXPECT_GT(once, 0U);
  busy.rest();
  EXPECT_EQ(busy.ticks(), once);
}

// Under continuous load the time can still be read, and no part of it counts twice.
TEST(BusyTimeTest, WithoutAPause) {
  BusyTime busy;
  const uint64_t start = rte_rdtsc();
  for (int i = 0; i < 1000; ++i) busy.work();
  EXPECT_GT(busy.ticks(), 0U);
  busy.rest();
  EXPECT_LE(busy.ticks(), rte_rdtsc() - start);
}

// A rest is due after the configured number of consecutive empty polls, and after each empty poll from then
// on; a busy poll restarts the count.
TEST(IdleWatchTest, Pause) {
  IdleWatch watch({.idle = Idle::pause, .empty_polls = 3}, Idle::poll);
  EXPECT_FALSE(watch.rests());
  EXPECT_FALSE(watch.rests());
  watch.busy();
  EXPECT_FALSE(watch.rests());
  EXPECT_FALSE(watch.rests());
  EXPECT_TRUE(watch.rests());
  EXPECT_TRUE(watch.rests());
  watch.busy();
  EXPECT_FALSE(watch.rests());
}

// A worker that always polls never rests; without a setting the port's default applies.
TEST(IdleWatchTest, Poll) {
  IdleWatch watch({.idle = Idle::poll, .empty_polls = 1}, Idle::pause);
  IdleWatch of_port({.idle = {}, .empty_polls = 1}, Idle::poll);
  IdleWatch resting({.idle = {}, .empty_polls = 1}, Idle::pause);
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(watch.rests());
    EXPECT_FALSE(of_port.rests());
    EXPECT_TRUE(resting.rests());
  }
}

}  // namespace
}  // namespace ptrd::datapath
