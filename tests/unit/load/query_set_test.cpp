// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/query_set.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "unit/image_maker.hpp"
#include "unit/packet_builder.hpp"

namespace ptrd::load {
namespace {

using test::Octets;

class QueryFileTest : public ::testing::Test {
 protected:
  ~QueryFileTest() override { std::filesystem::remove(path_); }
  tl::expected<QuerySet, std::string> read(const std::string& text, QueryForm form = {}) {
    std::ofstream(path_) << text;
    return QuerySet::read(path_, form);
  }
  std::string path_ = std::filesystem::temp_directory_path() / ("ptrd-queries-" + std::to_string(getpid()));
};

Octets octets(wire::Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

/// Names and types as dnsperf's files have them, comments and empty lines between.
TEST_F(QueryFileTest, ReadsNamesAndTypes) {
  const auto queries =
      read("; a comment\n1.2.0.192.in-addr.arpa PTR\n\n  WWW.example.\tTYPE65  \r\nexample soa\n");
  ASSERT_TRUE(queries) << queries.error();
  ASSERT_EQ(queries->size(), 3U);
  EXPECT_EQ(octets((*queries)[0]),
            (test::Query{.id = 0, .name = "1.2.0.192.in-addr.arpa", .type = 12}.bytes()));
  EXPECT_EQ(octets((*queries)[1]), (test::Query{.id = 0, .name = "WWW.example", .type = 65}.bytes()));
  EXPECT_EQ(octets((*queries)[2]), (test::Query{.id = 0, .name = "example", .type = 6}.bytes()));
}

TEST_F(QueryFileTest, AddsEdns) {
  const test::Query query{.id = 0, .name = "a.example", .type = 1, .edns = test::Edns{.udp_size = 4000}};
  EXPECT_EQ(octets((*read("a.example A\n", {.edns = true, .udp_payload = 4000}))[0]), query.bytes());
  test::Query secure = query;
  secure.edns->dnssec_ok = true;
  EXPECT_EQ(octets((*read("a.example A\n", {.dnssec = true, .udp_payload = 4000}))[0]), secure.bytes());
}

/// Errors name the line and what is wrong with it.
TEST_F(QueryFileTest, TellsWhatIsWrong) {
  const std::string label(64, 'x');
  const std::pair<std::string, std::string> cases[] = {
      {"a A\nb\n", ":2: a type is missing"},
      {"a A\nb NOTYPE\n", ":2: 'NOTYPE' is not a record type"},
      {label + " A\n", ":1: " + label + ": "},
      {"; nothing\n", ": contains no queries"},
  };
  for (const auto& [text, error] : cases) {
    const auto queries = read(text);
    ASSERT_FALSE(queries) << text;
    EXPECT_TRUE(queries.error().starts_with(path_ + error)) << queries.error();
  }
  EXPECT_FALSE(QuerySet::read(path_ + ".none", {}));
}

class SampleTest : public ::testing::Test {
 protected:
  SampleTest() {
    test::ImageMaker maker;
    maker.zone("2.0.192.in-addr.arpa").zone("8.b.d.0.1.0.0.2.ip6.arpa");
    for (int i = 0; i < 200; ++i) {
      const std::string name = std::to_string(i) + ".8.b.d.0.1.0.0.2.ip6.arpa";
      maker.ptr(name, "host.example").ptr(name, "other.example");
      owners_.insert(test::wire_name(name));
    }
    maker.add("txt.8.b.d.0.1.0.0.2.ip6.arpa", wire::Type::txt, test::txt_data("no PTR record"));
    lines_ = maker.lines();
  }
  std::vector<std::string> sample(size_t count, uint64_t seed) {
    const auto queries = QuerySet::sample(image::View(lines_), count, seed, {});
    std::vector<std::string> names;
    for (size_t i = 0; i < queries->size(); ++i) {
      const wire::Bytes query = (*queries)[i];
      names.push_back(test::string_of(query.subspan(12, query.size() - 16)));
    }
    return names;
  }
  std::set<std::string> owners_;
  std::vector<image::Line> lines_;
};

/// Owners of PTR records, each once, and all of them if so many are wanted.
TEST_F(SampleTest, DrawsOwners) {
  const auto all = sample(1000, 1);
  EXPECT_EQ(std::set(all.begin(), all.end()), owners_);
  EXPECT_EQ(all.size(), owners_.size());
  const auto some = sample(20, 1);
  EXPECT_EQ(some.size(), 20U);
  const std::set<std::string> distinct(some.begin(), some.end());
  EXPECT_EQ(distinct.size(), 20U);
  for (const std::string& name : distinct) EXPECT_TRUE(owners_.contains(name));
}

TEST_F(SampleTest, FollowsTheSeed) {
  EXPECT_EQ(sample(20, 1), sample(20, 1));
  EXPECT_NE(sample(20, 1), sample(20, 2));
}

TEST(Sample, NeedsPtrRecords) {
  const auto lines = test::ImageMaker().zone("2.0.192.in-addr.arpa").lines();
  EXPECT_FALSE(QuerySet::sample(image::View(lines), 10, 1, {}));
}

}  // namespace
}  // namespace ptrd::load
