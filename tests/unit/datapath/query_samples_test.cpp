// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "datapath/query_samples.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <vector>

namespace ptrd::datapath {
namespace {

using answer::Query;
using Kind = SampledPrefix::Kind;

Query about_v4(uint32_t address) {
  Query query;
  query.path = Query::Path::fast4;
  query.question_end = 40;
  query.name.kind = wire::QuestionName::Kind::v4;
  query.name.v4 = address;
  return query;
}

Query about_v6(uint64_t upper, uint64_t lower) {
  Query query;
  query.path = Query::Path::general;
  query.question_end = 90;
  query.name.kind = wire::QuestionName::Kind::v6;
  query.name.v6 = {upper, lower};
  return query;
}

// Addresses of one /24 or /48 are the same prefix, neighbours are different ones; a query without an address
// is "other", even if the previous query left its name behind.
TEST(SampledPrefixTest, Prefixes) {
  const auto v4 = SampledPrefix::of(about_v4(0xC0000201));
  EXPECT_EQ(v4.kind(), Kind::v4);
  EXPECT_EQ(v4.bits(), 0xC000'0200'0000'0000U);
  EXPECT_EQ(v4.word(), SampledPrefix::of(about_v4(0xC00002FF)).word());
  EXPECT_NE(v4.word(), SampledPrefix::of(about_v4(0xC0000301)).word());
  const auto v6 = SampledPrefix::of(about_v6(0x2001'0DB8'0053'0001, 5));
  EXPECT_EQ(v6.kind(), Kind::v6);
  EXPECT_EQ(v6.bits(), 0x2001'0DB8'0053'0000U);
  EXPECT_EQ(v6.word(), SampledPrefix::of(about_v6(0x2001'0DB8'0053'FFFF, 0)).word());
  EXPECT_NE(v6.word(), SampledPrefix::of(about_v6(0x2001'0DB8'0054'0000, 0)).word());
  Query stale = about_v4(0xC0000201);
  stale.question_end = wire::kHeaderSize;
  EXPECT_EQ(SampledPrefix::of(stale).kind(), Kind::other);
  Query name = about_v4(1);
  name.name.kind = wire::QuestionName::Kind::other;
  EXPECT_EQ(SampledPrefix::of(name).kind(), Kind::other);
}

// One query in kMeanGap is sampled, for any size of bursts.
TEST(QuerySamplesTest, OneInSoMany) {
  for (const size_t burst : {size_t{1}, size_t{7}, size_t{32}}) {
    const auto samples = std::make_unique<QuerySamples>();
    const std::vector<Query> queries(burst, about_v4(0xC0000201));
    constexpr size_t kQueries = 200'000;
    for (size_t i = 0; i < kQueries; i += burst) samples->take(queries);
    const double gap = static_cast<double>(kQueries) / static_cast<double>(samples->taken());
    EXPECT_NEAR(gap, QuerySamples::kMeanGap, 2.0) << burst;
  }
}

// Queries with the same period as the mean gap are all seen: 64 prefixes in turn, none sampled twice as often
// as its share.
TEST(QuerySamplesTest, NoResonance) {
  const auto samples = std::make_unique<QuerySamples>();
  std::map<uint64_t, size_t> seen;
  uint64_t from = 0;
  for (int round = 0; round < 10'000; ++round) {
    for (uint32_t i = 0; i < QuerySamples::kMeanGap; ++i) {
      const Query query = about_v4(i << 8);
      samples->take({&query, 1});
    }
    for (; from < samples->taken(); ++from) ++seen[samples->at(from).word()];
  }
  EXPECT_EQ(seen.size(), QuerySamples::kMeanGap);
  const double fair = static_cast<double>(samples->taken()) / QuerySamples::kMeanGap;
  for (const auto& [word, count] : seen) {
    EXPECT_GT(static_cast<double>(count), fair / 2) << std::hex << word;
    EXPECT_LT(static_cast<double>(count), fair * 2) << std::hex << word;
  }
}

// Only queries are sampled.
TEST(QuerySamplesTest, DropsAreNone) {
  const auto samples = std::make_unique<QuerySamples>();
  const std::vector<Query> dropped(32);
  for (int i = 0; i < 1000; ++i) samples->take(dropped);
  EXPECT_EQ(samples->taken(), 0U);
}

}  // namespace
}  // namespace ptrd::datapath
