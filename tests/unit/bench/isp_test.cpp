// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "lib/isp_files.hpp"
#include "unit/zone/reading.hpp"

namespace ptrd::bench::isp {
namespace {

using wire::Family;
using zone::test::Folder;

struct Row {
  std::string owner;
  uint32_t ttl;
  std::string target;
};

/// The PTR records of a folder's zones, owners made absolute.
std::vector<Row> read_rows(const std::filesystem::path& folder) {
  std::vector<Row> rows;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string apex = entry.path().stem().string();
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      Row row;
      std::string type;
      if (words >> row.owner >> row.ttl >> type >> row.target && type == "PTR") {
        row.owner += "." + apex + ".";
        rows.push_back(row);
      }
    }
  }
  return rows;
}

std::string bytes_of_folder(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    files[entry.path().filename().string()] = {std::istreambuf_iterator<char>(file), {}};
  }
  std::string all;
  for (const auto& [name, text] : files) all += name + '\n' + text;
  return all;
}

std::string questions_of(const Model& model, const Questions& questions, const Folder& folder) {
  const auto path = (folder.path() / "questions").string();
  EXPECT_TRUE(write_questions(model, questions, path));
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  file.close();
  std::filesystem::remove(path);
  return text;
}

class IspZones : public testing::TestWithParam<Family> {};
INSTANTIATE_TEST_SUITE_P(Families, IspZones, testing::Values(Family::v4, Family::v6));

// Each kind of name has its share of the records, to a percent, in what is written.
TEST_P(IspZones, SharesAreKept) {
  const Folder folder;
  const Options options{.family = GetParam(), .records = 200'000};
  const auto written = write_zones(Model(options), ZoneSize::medium, folder.path().string());
  ASSERT_TRUE(written) << written.error();
  uint64_t sum = 0;
  for (size_t kind = 0; kind < kKinds; ++kind) {
    const auto count = static_cast<double>(written->records[kind]);
    EXPECT_NEAR(count / 200'000, kShares[kind], 0.01) << "kind " << kind;
    sum += written->records[kind];
  }
  EXPECT_EQ(sum, options.records);
  const auto rows = read_rows(folder.path());
  EXPECT_EQ(rows.size(), options.records);
  const auto pool = std::count_if(rows.begin(), rows.end(), [](const Row& row) {
    const size_t at = row.target.find(".pool");
    return at != std::string::npos && row.target.ends_with(".isp.example.");
  });
  EXPECT_EQ(static_cast<uint64_t>(pool), written->records[0]);
}

// TTLs differ, and there are gaps within the range of addresses.
TEST_P(IspZones, TtlsAreMixedAndAddressesHaveGaps) {
  const Model model({.family = GetParam(), .records = 50'000});
  std::set<uint32_t> ttls;
  uint64_t gaps = 0;
  for (size_t block = 0; block < model.blocks().size(); ++block) {
    const Hosts hosts = model.hosts(block);
    EXPECT_EQ(hosts.count(), model.blocks()[block].records);
    gaps += kHosts - hosts.count();
    for (unsigned host = 0; host < kHosts; ++host) {
      if (hosts[host]) ttls.insert(model.ttl(block, host));
    }
  }
  EXPECT_GE(ttls.size(), 4U);
  EXPECT_GT(gaps, 5'000U);
}

// The same seed gives the same bytes, another one others.
TEST_P(IspZones, SeedDecides) {
  const auto bytes = [&](uint64_t seed) {
    const Folder folder;
    const Model model({.family = GetParam(), .records = 5'000, .seed = seed});
    EXPECT_TRUE(write_zones(model, ZoneSize::medium, folder.path().string()));
    return bytes_of_folder(folder.path()) + questions_of(model, {.count = 500, .seed = seed}, folder);
  };
  const std::string once = bytes(7);
  EXPECT_EQ(once, bytes(7));
  EXPECT_NE(once, bytes(8));
}

// With `unique` no two records have the same target, and none is made by the rule of a pool.
TEST_P(IspZones, UniqueNamesAreUnique) {
  const Folder folder;
  const Model model({.family = GetParam(), .records = 100'000, .unique = true});
  const auto written = write_zones(model, ZoneSize::medium, folder.path().string());
  ASSERT_TRUE(written);
  EXPECT_EQ(written->records[0] + written->records[1], 0U);
  std::set<std::string> targets;
  for (const Row& row : read_rows(folder.path())) targets.insert(row.target);
  EXPECT_EQ(targets.size(), 100'000U);
}

// Each size of zone holds the same records, each in the zone that its owner is below.
TEST_P(IspZones, SizesOfZonesHoldTheSameRecords) {
  const auto text = [&](ZoneSize size, uint64_t zones) {
    const Folder folder;
    const Model model({.family = GetParam(), .records = 80'000});
    const auto written = write_zones(model, size, folder.path().string());
    EXPECT_TRUE(written);
    const uint64_t blocks = model.blocks().size();
    const auto each = static_cast<uint64_t>(size);
    EXPECT_EQ(written->zones, (blocks + each - 1) / each);
    EXPECT_GE(written->zones, zones);
    std::set<std::string> lines;
    for (const Row& row : read_rows(folder.path()))
      lines.insert(row.owner + ' ' + std::to_string(row.ttl) + ' ' + row.target);
    return lines;
  };
  const auto small = text(ZoneSize::small, 300);
  EXPECT_EQ(small.size(), 80'000U);
  EXPECT_EQ(small, text(ZoneSize::medium, 2));
  EXPECT_EQ(small, text(ZoneSize::large, 1));
}

// Questions have the share of hits that is asked for; the others ask for addresses without a record.
TEST_P(IspZones, QuestionsHitAsAsked) {
  const Folder folder;
  const Model model({.family = GetParam(), .records = 30'000});
  ASSERT_TRUE(write_zones(model, ZoneSize::medium, folder.path().string()));
  std::set<std::string> owners;
  for (const Row& row : read_rows(folder.path())) owners.insert(row.owner);
  std::istringstream questions(questions_of(model, {.count = 20'000, .hits = 0.75}, folder));
  uint64_t count = 0;
  uint64_t hits = 0;
  std::set<std::string> different;
  for (std::string name, type; questions >> name >> type; ++count) {
    EXPECT_EQ(type, "PTR");
    EXPECT_EQ(wire::key_of_name(wire::Name::from_text(name).value())->whole(), true) << name;
    hits += owners.contains(name) ? 1 : 0;
    different.insert(name);
  }
  EXPECT_EQ(count, 20'000U);
  EXPECT_NEAR(static_cast<double>(hits) / 20'000, 0.75, 0.02);
  EXPECT_GT(different.size(), 10'000U);
}

// A folder that is not there is an error that names it.
TEST(IspZonesErrors, MissingFolderIsNamed) {
  const auto written = write_zones(Model({.records = 10}), ZoneSize::medium, "/nonexistent/here");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().find("/nonexistent/here"), std::string::npos) << written.error();
}

}  // namespace
}  // namespace ptrd::bench::isp
