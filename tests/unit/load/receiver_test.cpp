// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/receiver.hpp"

#include <gtest/gtest.h>

#include "unit/image_maker.hpp"

namespace ptrd::load {
namespace {

/// Replies to ten queries, judged by their question alone.
class ReceiverTest : public ::testing::Test {
 protected:
  ReceiverTest() {
    for (int i = 0; i < 10; ++i)
      EXPECT_TRUE(queries_.add(test::name(std::to_string(i) + ".2.0.192.in-addr.arpa"), 12));
    load_.outstanding.emplace_back(Numbering(1, 1, 64), queries_.size(), 0, 1000, false);
    load_.progress.emplace_back();
    receiver_.emplace(load_, load_.progress[0], tally_);
    load_.outstanding[0].announce(0, queries_.size());
    load_.outstanding[0].sent(queries_.size());
  }
  std::vector<uint8_t> reply(size_t query, size_t id) {
    std::vector<uint8_t> bytes(queries_[query].begin(), queries_[query].end());
    wire::store16(bytes.data(), static_cast<uint16_t>(id));
    bytes[2] |= 0x80;
    return bytes;
  }
  void take(const std::vector<std::vector<uint8_t>>& replies) {
    std::vector<Incoming> incoming;
    for (const auto& bytes : replies) incoming.push_back({.sender = 0, .flow = 0, .reply = bytes});
    receiver_->take(incoming, 500);
  }

  QuerySet queries_;
  Judge judge_{queries_};
  const Plan plan_{.rate = 1, .seconds = 1};
  const std::atomic<int> stop_ = 0;
  Load load_{.plan = plan_, .queries = queries_, .judge = judge_, .stop = stop_};
  Tally tally_;
  std::optional<Receiver> receiver_;
};

/// More replies at once than fit in a batch, each to its own query or to none.
TEST_F(ReceiverTest, TakesManyAtOnce) {
  std::vector<std::vector<uint8_t>> replies;
  for (size_t i = 0; i < 10; ++i) replies.push_back(reply(i, i));
  for (size_t i = 10; i < 60; ++i) replies.push_back(reply(0, i));
  take(replies);
  EXPECT_EQ(tally_.answered, 10U);
  EXPECT_EQ(tally_.stray, 50U);
  EXPECT_EQ(load_.progress[0].answered.get(), 10U);
  EXPECT_EQ(tally_.costs.replies, 60U);
}

/// Two replies to one query, the second of which comes before the first has been counted.
TEST_F(ReceiverTest, KnowsDuplicatesInOneBatch) {
  take({reply(3, 3), reply(3, 3), reply(4, 4), reply(5, 4)});
  EXPECT_EQ(tally_.answered, 2U);
  EXPECT_EQ(tally_.duplicate, 2U) << "the last one is wrong as well, but its query is answered";
  EXPECT_EQ(tally_.late + tally_.wrong + tally_.stray, 0U);
}

/// A reply to a query that has already timed out is late.
TEST_F(ReceiverTest, KnowsLateReplies) {
  (void)load_.outstanding[0].settle(2000);
  take({reply(1, 1)});
  EXPECT_EQ(tally_.late, 1U);
  EXPECT_EQ(tally_.answered, 0U);
}

}  // namespace
}  // namespace ptrd::load
