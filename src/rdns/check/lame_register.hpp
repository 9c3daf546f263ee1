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

/// The days of the procedure (AFRINIC CPM 10.7), counted from day 0, on which a server was first found lame.
/// The policy defines the first notice's day, the most notices, and the day of removal; the days of the other
/// three are our choice: one per week.
inline constexpr std::array<int, 4> kNoticeDays = {3, 10, 17, 24};
inline constexpr int kRemovalDay = 30;

/// The action on a day.
struct DueAction {
  enum class Kind : uint8_t {
    recorded,       // found lame for the first time
    notice,         // a notice to the object's contacts
    remove_server,  // remove the nserver attribute, with a remark
    remove_object,  // remove the object, since all servers are to be removed
    cleared,        // an authoritative answer was received
  };
  Kind kind{};
  std::string zone;
  std::string server;  // empty: of remove_object
  Lameness lameness = Lameness::unknown;
  Day since{};     // day 0
  int days = 0;    // since then
  int notice = 0;  // number of the notice, from 1
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
  size_t servers = 0;  // of the zone, lame or not
  std::map<std::string, LameEntry> lame;
  bool operator==(const LameZone&) const = default;
};

struct ClearedEntry {
  std::string zone;
  std::string server;
  Day since{};
  bool operator==(const ClearedEntry&) const = default;
};

/// The position of a run through a file of objects; a later run on the same day over the same file continues
/// there.
struct RunPosition {
  Day day{};
  std::string file;   // identity of the file: path, size and modification time
  uint64_t done = 0;  // leading objects that need not be tested again
  bool operator==(const RunPosition&) const = default;
};

/// Since when each server is lame, and what was done about it. Testing a zone twice on a day changes nothing,
/// and what is due follows from the stored state: so a run may be interrupted and repeated.
class LameRegister {
 public:
  /// Before a day's tests: drops what was cleared on other days.
  void begin(Day day);
  /// Records a day's test of one zone.
  void take(const Report& report, Day day);
  /// After a complete run: drops entries of zones and servers that are no longer in the objects.
  void forget_untested(Day day);
  /// What is due on a day on which everything was tested, by zone.
  [[nodiscard]] std::vector<DueAction> due(Day day) const;
  /// The number of lame servers.
  [[nodiscard]] size_t size() const;

  RunPosition position;

  /// The state file: JSON, written beside `path`, synced and renamed, so that a complete one exists at any
  /// time. Error: one line. A missing file reads as an empty register.
  [[nodiscard]] tl::expected<void, std::string> save(const std::string& path) const;
  static tl::expected<LameRegister, std::string> load(const std::string& path);

  bool operator==(const LameRegister&) const = default;

 private:
  void take_lame(LameEntry& entry, const Verdict& verdict, Day day);

  std::map<std::string, LameZone> zones_;
  std::vector<ClearedEntry> cleared_;  // on the position's day
};

}  // namespace ptrd::rdns::check
