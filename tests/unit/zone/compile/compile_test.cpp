// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/compile/compile.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <stdexcept>

#include "unit/image_maker.hpp"
#include "zone/compile/read_ahead.hpp"
#include "zone/reading.hpp"
#include "zone/sources/paths.hpp"
#include "zone/threads.hpp"

namespace ptrd::zone::test {
namespace {

namespace fs = std::filesystem;
using ptrd::test::same_lines;

struct Loaded {
  std::vector<image::Line> lines;
  Lines findings;
  uint64_t records = 0;
  uint64_t bytes = 0;
  uint64_t total = 0;
};

Loaded load_all(const std::vector<Source>& sources, unsigned jobs) {
  Loaded out;
  std::vector<Finding> findings;
  SetCheck checks;
  image::Builder builder;
  Progress progress;
  load(sources, jobs, &builder, checks, findings, progress);
  checks.finish(findings);
  sort_findings(findings);
  for (const Finding& finding : findings) out.findings.push_back(finding.to_text());
  auto built = builder.build(on_threads(jobs));
  EXPECT_TRUE(built.has_value());
  if (built) out.lines = *std::move(built);
  out.records = progress.records;
  out.bytes = progress.bytes;
  out.total = progress.total;
  return out;
}

constexpr const char* kSoaAndNs =
    "$TTL 3600\n@ IN SOA ns1.example.net. hostmaster.example.net. 1 4h 1h 2w 1h\n@ IN NS ns1.example.net.\n@ "
    "IN NS "
    "ns2.example.net.\n";

/// Zones with most of what makes order matter: unsorted and repeated addresses, one address in two zones (a
/// deeper one hides it), other types beside PTR, shared and single ends of names, letters' case.
void write_zones(const Folder& folder, unsigned seed) {
  std::mt19937 chance(seed);
  const auto below = [&](unsigned limit) { return chance() % limit; };
  const auto target = [&] {
    return below(3) == 0
               ? fmt::format("{}{}.firm{}.example.", below(2) != 0 ? "Mail" : "mail", below(3), below(400))
               : fmt::format("host-{}.pool{}.isp.example.", below(100'000), below(5));
  };
  std::string upper = kSoaAndNs;
  for (unsigned i = 0; i < 40'000; ++i)
    upper += fmt::format("{}.{} {} PTR {}\n", below(256), below(256), 60 * below(3) + 60, target());
  upper += "x 300 TXT \"some ( text\"\n7.7 CNAME 7.0-63.7\n9.9 300 HINFO cpu os\n";
  folder.write("0.10.in-addr.arpa.zone", upper);
  for (unsigned third = 0; third < 12; ++third) {
    std::string deeper = kSoaAndNs;
    for (unsigned i = 0; i < 200; ++i) deeper += fmt::format("{} PTR {}\n", below(256), target());
    folder.write(fmt::format("{}.0.10.in-addr.arpa.zone", third), deeper);
  }
  std::string v6 = kSoaAndNs;
  for (unsigned i = 0; i < 3'000; ++i) {
    v6 += fmt::format("{:x}.{:x}.{:x}.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR {}\n", below(16),
                      below(16), below(16), target());
  }
  folder.write("8.b.d.0.1.0.0.2.ip6.arpa.zone", v6);
}

// The image's bytes and the findings do not depend on how many threads read, nor on which is the faster.
TEST(Compile, SameBytesWhateverJobs) {
  for (const unsigned seed : {1U, 2U, 3U}) {
    const Folder folder;
    write_zones(folder, seed);
    std::vector<Finding> findings;
    const auto sources = sources_of(folder.path().string(), findings);
    ASSERT_EQ(sources.size(), 14U);
    const Loaded one = load_all(sources, 1);
    EXPECT_GT(one.lines.size(), 10'000U);
    EXPECT_GT(one.findings.size(), 100U);  // duplicates
    for (const unsigned jobs : {2U, 3U, 16U}) {
      const Loaded many = load_all(sources, jobs);
      EXPECT_TRUE(same_lines(one.lines, many.lines)) << jobs << " jobs, seed " << seed;
      EXPECT_EQ(one.findings, many.findings) << jobs << " jobs, seed " << seed;
    }
  }
}

// One zone alone is read ahead by a second thread, and gives the same.
TEST(Compile, OneZoneWithSeveralJobs) {
  const Folder folder;
  write_zones(folder, 4);
  std::vector<Finding> findings;
  const auto sources = sources_of((folder.path() / "0.10.in-addr.arpa.zone").string(), findings);
  const Loaded one = load_all(sources, 1);
  const Loaded two = load_all(sources, 2);
  EXPECT_TRUE(same_lines(one.lines, two.lines));
  EXPECT_EQ(one.findings, two.findings);
}

// At the end, progress has counted each record and each byte.
TEST(Compile, ProgressIsComplete) {
  const Folder folder;
  write_zones(folder, 5);
  std::vector<Finding> findings;
  const auto sources = sources_of(folder.path().string(), findings);
  uint64_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(folder.path())) bytes += entry.file_size();
  for (const unsigned jobs : {1U, 2U}) {
    const Loaded loaded = load_all(sources, jobs);
    EXPECT_EQ(loaded.records, 40'003U + 12 * 200 + 3'000 + 14 * 3);
    EXPECT_EQ(loaded.bytes, bytes);
    EXPECT_EQ(loaded.total, bytes);
  }
}

// Reading ahead gives the records and findings of plain reading, in their order, of files with all kinds of
// errors and of included files.
TEST(ReadAhead, SameAsPlainReading) {
  const Folder folder;
  folder.write("inner", "a PTR b.example.\nc PTR\n");
  folder.write("outer", "x PTR y\n$INCLUDE inner\nz PTR w\n$GENERATE 1-3000 h$ PTR t$\nlast PTR (\n");
  std::vector<fs::path> files = {folder.path() / "outer", folder.path() / "missing"};
  for (const auto& entry : fs::directory_iterator(fs::path(PTRD_UNIT_TESTS) / "zone/wrong"))
    files.push_back(entry.path());
  EXPECT_GT(files.size(), 50U);
  for (const fs::path& file : files) {
    const Reading plain = read_file(file);
    const Reading ahead = collect([&](const auto& sink, auto& findings) {
      return read_zone_file_ahead(file, example_options(), sink, findings);
    });
    EXPECT_EQ(plain.good, ahead.good) << file;
    EXPECT_EQ(plain.records, ahead.records) << file;
    EXPECT_EQ(plain.findings, ahead.findings) << file;
  }
}

// A sink that throws ends the reading: no thread waits for ever.
TEST(ReadAhead, SinkMayThrow) {
  const Folder folder;
  const auto file = folder.write("zone", "$GENERATE 0-199999 h$ PTR t$\n");
  std::vector<Finding> findings;
  uint64_t taken = 0;
  const auto sink = [&](const Record&) {
    if (++taken == 5'000) throw std::runtime_error("no more");
  };
  EXPECT_THROW((void)read_zone_file_ahead(file, example_options(), sink, findings), std::runtime_error);
  EXPECT_EQ(taken, 5'000U);
}

}  // namespace
}  // namespace ptrd::zone::test
