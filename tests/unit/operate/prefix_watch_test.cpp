// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/prefix_watch.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>

namespace ptrd::operate {
namespace {

using namespace std::chrono_literals;
using answer::Query;
using datapath::Counters;

/// Two workers and their queries.
class PrefixWatchTest : public ::testing::Test {
 protected:
  static void ask(Counters& worker, uint32_t network, size_t times) {
    Query query;
    query.path = Query::Path::fast4;
    query.question_end = 40;
    query.name.kind = wire::QuestionName::Kind::v4;
    query.name.v4 = network;
    for (size_t i = 0; i < times; ++i) worker.samples.take({&query, 1});
  }
  /// A second in which each worker gets these, mixed.
  void second(uint32_t a, size_t of_a, uint32_t b, size_t of_b) {
    for (size_t i = 0; i < 100; ++i) {
      ask(*first_, a, of_a / 100);
      ask(*second_, b, of_b / 100);
    }
    now_ += 1s;
  }
  PrefixWatch::Busiest look(size_t most = 10) { return watch_.look(workers_, now_, most); }

  std::unique_ptr<Counters> first_ = std::make_unique<Counters>();
  std::unique_ptr<Counters> second_ = std::make_unique<Counters>();
  PrefixWatch::Workers workers_{first_.get(), second_.get()};
  PrefixWatch watch_;
  PrefixWatch::Clock::time_point now_ = PrefixWatch::Clock::now();
};

constexpr uint32_t kOne = 0xC0000200;  // 192.0.2.0/24
constexpr uint32_t kTwo = 0xC6336400;  // 198.51.100.0/24

// Queries before the first observer do not count; from then on rates and their order are right.
TEST_F(PrefixWatchTest, Rates) {
  second(kTwo, 1'000'000, kTwo, 1'000'000);
  EXPECT_TRUE(look().prefixes.empty());
  second(kOne, 30'000, kTwo, 10'000);
  const auto busiest = look();
  ASSERT_EQ(busiest.prefixes.size(), 2U);
  EXPECT_EQ(prefix_text(busiest.prefixes[0].prefix), "192.0.2.0/24");
  EXPECT_NEAR(busiest.prefixes[0].per_second, 30'000, 3'000);
  EXPECT_EQ(prefix_text(busiest.prefixes[1].prefix), "198.51.100.0/24");
  EXPECT_NEAR(busiest.prefixes[1].per_second, 10'000, 2'000);
  EXPECT_NEAR(busiest.per_second, 40'000, 4'000);
  EXPECT_EQ(look(1).prefixes.size(), 1U);
}

// A worker that overwrote its ring many times since the last call counts with all its queries.
TEST_F(PrefixWatchTest, LostSamplesCount) {
  (void)look();
  second(kOne, 2'000'000, kTwo, 20'000);
  const auto busiest = look();
  ASSERT_EQ(busiest.prefixes.size(), 2U);
  EXPECT_NEAR(busiest.prefixes[0].per_second, 2'000'000, 100'000);
  EXPECT_NEAR(busiest.prefixes[1].per_second, 20'000, 3'000);
  EXPECT_LT(busiest.samples, 2 * datapath::QuerySamples::kRing);
}

// Old load decays: a new busiest prefix takes the lead within seconds. After a pause a watch starts over.
TEST_F(PrefixWatchTest, OldFades) {
  (void)look();
  for (int i = 0; i < 30; ++i) {
    second(kOne, 20'000, kOne, 20'000);
    (void)look();
  }
  for (int i = 0; i < 15; ++i) {
    second(kTwo, 20'000, kTwo, 20'000);
    (void)look();
  }
  EXPECT_EQ(prefix_text(look().prefixes[0].prefix), "198.51.100.0/24");
  EXPECT_NEAR(look().per_second, 40'000, 4'000);
  now_ += PrefixWatch::kForget + 1s;
  EXPECT_TRUE(look().prefixes.empty());
}

// Queries about a hundred thousand prefixes do not make it grow, and do not hide the busy one.
TEST_F(PrefixWatchTest, ScanStaysSmall) {
  (void)look();
  for (uint32_t round = 0; round < 50; ++round) {
    for (uint32_t i = 0; i < 60'000; ++i) {
      ask(*first_, (round * 60'000 + i) << 8, 1);
      if (i % 20 == 0) ask(*first_, kOne, 1);
    }
    now_ += 1s;
    (void)look();
  }
  const auto busiest = look(SIZE_MAX);
  EXPECT_LE(busiest.prefixes.size(), 4096U);
  EXPECT_EQ(prefix_text(busiest.prefixes[0].prefix), "192.0.2.0/24");
  EXPECT_NEAR(busiest.prefixes[0].per_second, 3'000, 1'000);
}

// IPv6, and names that are not addresses.
TEST_F(PrefixWatchTest, Texts) {
  Query query;
  query.question_end = 90;
  query.name.kind = wire::QuestionName::Kind::v6;
  query.name.v6 = {0x2001'0DB8'0053'1234, 1};
  EXPECT_EQ(prefix_text(datapath::SampledPrefix::of(query)), "2001:db8:53::/48");
  query.name.kind = wire::QuestionName::Kind::other;
  EXPECT_EQ(prefix_text(datapath::SampledPrefix::of(query)), "other names");
}

}  // namespace
}  // namespace ptrd::operate
