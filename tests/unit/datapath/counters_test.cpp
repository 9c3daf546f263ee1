// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "datapath/counters.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace ptrd::datapath {
namespace {

// What was lost before a worker is received and dropped, so that the sums stay right.
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
  EXPECT_EQ(nlohmann::json::parse(totals.to_json(1))["dropped"]["socket_overflow"], 7);
}

// Each section is an object beside the sums, a dot in a name makes an object in it, and equal names add up.
TEST(TotalsTest, Sections) {
  Totals totals;
  totals.add_note("tcp", "accepted", 5);
  totals.add_note("tcp", "closed.idle", 2);
  totals.add_note("tcp", "closed.idle", 1);
  totals.add_note("tcp", "closed.client", 2);
  totals.add_note("other", "accepted", 1);
  const auto json = nlohmann::json::parse(totals.to_json(1));
  EXPECT_EQ(json["tcp"], nlohmann::json::parse(R"({"accepted": 5, "closed": {"idle": 3, "client": 2}})"));
  EXPECT_EQ(json["other"]["accepted"], 1);
  EXPECT_EQ(json["rx"], 0);
}

}  // namespace
}  // namespace ptrd::datapath
