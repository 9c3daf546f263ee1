// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "rdns/check/date.hpp"
#include "rdns/check/report.hpp"

namespace ptrd::rdns::check {

/// The days of the procedure (AFRINIC CPM 10.7), counted from the day on which a server was first seen lame,
/// which is day 0. The policy gives the first notice's day, how many there are at most, and the day of
/// removal; the days of the other three are ours: a week between two.
inline constexpr std::array<int, 4> kNoticeDays = {3, 10, 17, 24};
inline constexpr int kRemovalDay = 30;

/// What a day brings.
struct DueAction {
  enum class Kind : uint8_t {
    recorded,       // seen lame for the first time
    notice,         // a notice to the object's contacts
    remove_server,  // the nserver attribute goes, with a remark
    remove_object,  // all servers go, and so the object
    cleared,        // an authoritative answer came
  };
  Kind kind{};
  std::string zone;
  std::string server;  // empty: of remove_object
  Lameness lameness = Lameness::unknown;
  Day since{};     // day 0
  int days = 0;    // since then
  int notice = 0;  // which one, from 1
};
[[nodiscard]] std::string_view id_of(DueAction::Kind kind);

/// One server that is lame for one zone.
struct LameEntry {
  Day first_seen{};
  Day last_tested{};
  Lameness lameness = Lameness::unknown;
  std::vector<Day> notices;
  bool operator==(const LameEntry&) const = default;
};

struct LameZone {
  size_t servers = 0;  // that the zone has, lame or not
  std::map<std::string, LameEntry> lame;
  bool operator==(const LameZone&) const = default;
};

struct ClearedEntry {
  std::string zone;
  std::string server;
  Day since{};
  bool operator==(const ClearedEntry&) const = default;
};

/// Where a run through a file of objects stands; a later run of the same day over the same file goes on
/// there.
struct RunPosition {
  Day day{};
  std::string file;   // what the file was: path, size and time of its last change
  uint64_t done = 0;  // objects from the first on that need not be tested again
  bool operator==(const RunPosition&) const = default;
};

/// Who is lame since when, and what was done about it. Testing a zone twice on a day changes nothing, and
/// what is due follows from what is kept: so a run may be broken off and repeated.
class LameRegister {
 public:
  /// Before a day's tests: what was cleared on other days is no news any more.
  void begin(Day day);
  /// Takes a day's test of one zone.
  void take(const Report& report, Day day);
  /// After a whole run: entries of zones and servers that are no longer in the objects go.
  void forget_untested(Day day);
  /// What is due on a day on which all was tested, by zone.
  [[nodiscard]] std::vector<DueAction> due(Day day) const;
  /// How many servers of zones are lame.
  [[nodiscard]] size_t size() const;

  RunPosition position;

  /// The state file: JSON, written beside `path`, synced and renamed, so that a whole one is there at any
  /// time. Error: one line. A file that does not exist reads as an empty register.
  [[nodiscard]] tl::expected<void, std::string> save(const std::string& path) const;
  static tl::expected<LameRegister, std::string> load(const std::string& path);

  bool operator==(const LameRegister&) const = default;

 private:
  void take_lame(LameEntry& entry, const Verdict& verdict, Day day);

  std::map<std::string, LameZone> zones_;
  std::vector<ClearedEntry> cleared_;  // on the position's day
};

}  // namespace ptrd::rdns::check
