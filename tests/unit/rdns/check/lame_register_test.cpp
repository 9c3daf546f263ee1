// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/check/lame_register.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace ptrd;
using namespace ptrd::client;
using namespace ptrd::rdns::check;

namespace {

using Kind = DueAction::Kind;

const Day kDay0 = day_of_text("2026-03-01").value();

Report report(std::vector<std::pair<const char*, Lameness>> servers) {
  Report report{.zone = wire::Name::from_text("2.0.192.in-addr.arpa").value()};
  for (const auto& [name, lameness] : servers)
    report.verdicts.push_back(
        {.server = wire::Name::from_text(name).value(), .addresses = {}, .lameness = lameness});
  return report;
}

/// A day's run over one zone; returns the due actions.
std::vector<DueAction> run(LameRegister& lame, int days,
                           std::vector<std::pair<const char*, Lameness>> servers) {
  const Day day = kDay0 + std::chrono::days(days);
  lame.begin(day);
  lame.position.day = day;
  lame.take(report(std::move(servers)), day);
  lame.forget_untested(day);
  return lame.due(day);
}

/// A temporary folder, removed at the end.
struct Folder {
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "ptrd-lame-XXXXXX";
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

}  // namespace

// CPM 10.7, day by day: recorded on day 0, four notices from day 3 on, removed on day 30, and nothing
// between.
TEST(LameRegister, KeepsTheProcedure) {
  LameRegister lame;
  for (int day = 0; day <= 31; ++day) {
    const auto due = run(lame, day, {{"ns1.example", Lameness::no_answer}, {"ns2.example", Lameness::none}});
    const bool notice = day == 3 || day == 10 || day == 17 || day == 24;
    ASSERT_EQ(due.size(), day == 0 || notice || day >= 30 ? 1U : 0U) << day;
    if (due.empty()) continue;
    EXPECT_EQ(due[0].kind, day == 0 ? Kind::recorded : notice ? Kind::notice : Kind::remove_server) << day;
    EXPECT_EQ(due[0].notice, notice ? day / 7 + 1 : 0) << day;
    EXPECT_EQ(due[0].since, kDay0);
    EXPECT_EQ(due[0].days, day);
    EXPECT_EQ(due[0].server, "ns1.example.");
  }
}

// One authoritative answer clears; lame again later begins with a new day 0.
TEST(LameRegister, OneAnswerClears) {
  LameRegister lame;
  run(lame, 0, {{"ns1.example", Lameness::not_authoritative}});
  auto due = run(lame, 12, {{"ns1.example", Lameness::none}});
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].kind, Kind::cleared);
  EXPECT_EQ(lame.size(), 0U);
  EXPECT_TRUE(run(lame, 13, {{"ns1.example", Lameness::none}}).empty());
  due = run(lame, 14, {{"ns1.example", Lameness::no_answer}});
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].kind, Kind::recorded);
  EXPECT_TRUE(run(lame, 16, {{"ns1.example", Lameness::no_answer}}).empty());
}

// When all servers of a zone are due for removal, the object is.
TEST(LameRegister, RemovesTheObject) {
  LameRegister lame;
  for (const int day : {0, 3, 29})
    run(lame, day, {{"ns1.example", Lameness::no_answer}, {"ns2.example", Lameness::not_for_zone}});
  const auto due =
      run(lame, 30, {{"ns1.example", Lameness::no_answer}, {"ns2.example", Lameness::not_for_zone}});
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].kind, Kind::remove_object);
  EXPECT_EQ(due[0].zone, "2.0.192.in-addr.arpa.");
}

// A server that cannot be judged from here keeps its day count, which does not advance.
TEST(LameRegister, UnknownChangesNothing) {
  LameRegister lame;
  EXPECT_TRUE(run(lame, 0, {{"ns1.example", Lameness::unknown}}).empty());
  EXPECT_EQ(lame.size(), 0U);
  run(lame, 0, {{"ns1.example", Lameness::no_answer}});
  EXPECT_TRUE(run(lame, 3, {{"ns1.example", Lameness::unknown}}).empty());
  const auto due = run(lame, 4, {{"ns1.example", Lameness::no_answer}});
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].notice, 1);
}

// Days without a run: no server is removed before a notice on an earlier day, and there is one notice per
// day.
TEST(LameRegister, MissedDaysCostNobodyANotice) {
  LameRegister lame;
  const auto tested = [&](int day) {
    return run(lame, day, {{"ns1.example", Lameness::no_answer}, {"ns2.example", Lameness::none}});
  };
  tested(0);
  auto due = tested(40);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].kind, Kind::notice);
  EXPECT_EQ(due[0].notice, 1);
  due = tested(41);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].kind, Kind::remove_server);
}

// Testing a zone twice on a day changes nothing: a broken run may be repeated.
TEST(LameRegister, ADayTwiceIsADay) {
  LameRegister lame;
  for (const int day : {0, 3}) {
    const auto once = run(lame, day, {{"ns1.example", Lameness::no_answer}});
    const LameRegister before = lame;
    const auto twice = run(lame, day, {{"ns1.example", Lameness::no_answer}});
    EXPECT_EQ(lame, before);
    ASSERT_EQ(once.size(), 1U);
    ASSERT_EQ(twice.size(), 1U);
    EXPECT_EQ(once[0].kind, twice[0].kind);
    EXPECT_EQ(once[0].notice, twice[0].notice);
  }
}

// Entries that are no longer among the objects are dropped at the end of a run.
TEST(LameRegister, ForgetsWhatIsGone) {
  LameRegister lame;
  run(lame, 0, {{"ns1.example", Lameness::no_answer}});
  EXPECT_TRUE(run(lame, 1, {{"ns2.example", Lameness::none}}).empty());
  EXPECT_EQ(lame.size(), 0U);
}

// The state file restores what was saved; a foreign file is rejected, a missing one is empty.
TEST(LameRegister, SavesAndLoads) {
  const Folder folder;
  const std::string path = folder.path / "state.json";
  EXPECT_EQ(LameRegister::load(path).value(), LameRegister());
  LameRegister lame;
  run(lame, 0,
      {{"ns1.example", Lameness::no_answer},
       {"ns2.example", Lameness::not_for_zone},
       {"ns3.example", Lameness::not_authoritative}});
  run(lame, 3,
      {{"ns1.example", Lameness::no_answer},
       {"ns2.example", Lameness::none},
       {"ns3.example", Lameness::not_authoritative}});
  lame.position = {.day = kDay0 + std::chrono::days(3), .file = "objects 12 34.5", .done = 17};
  ASSERT_TRUE(lame.save(path));
  const auto loaded = LameRegister::load(path);
  ASSERT_TRUE(loaded) << loaded.error();
  EXPECT_EQ(*loaded, lame);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path), {}),
            1);  // nothing left next to it
  for (const char* bad : {"", "{", "[]", "{\"version\": 2}", "{\"version\": 1}",
                          "{\"version\": 1, \"run\": {\"day\": \"2026-02-30\"}}"}) {
    std::ofstream(path) << bad;
    EXPECT_FALSE(LameRegister::load(path)) << bad;
  }
  EXPECT_FALSE(lame.save(folder.path / "no" / "folder"));
}

// Dates are those of the calendar, in one form.
TEST(DayOfText, ReadsDates) {
  EXPECT_EQ(to_text(day_of_text("2024-02-29").value()), "2024-02-29");
  for (const char* bad :
       {"", "2026-02-29", "2026-13-01", "2026-1-1", "2026-01-01x", "20260101", "2026-+1-01"})
    EXPECT_FALSE(day_of_text(bad)) << bad;
}
