// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/check/lame_register.hpp"

#include <algorithm>

namespace ptrd::rdns::check {

namespace {

int days_between(Day from, Day to) {
  return static_cast<int>((to - from).count());
}

/// Whether another notice is due. Notices missed because no test ran are not made up for on one day: at most
/// one per day, and at most those that are left.
bool notice_due(const LameEntry& entry, Day day) {
  const size_t given = entry.notices.size();
  return given < kNoticeDays.size() && days_between(entry.first_seen, day) >= kNoticeDays[given] &&
         (entry.notices.empty() || entry.notices.back() < day);
}

/// No server is removed without a notice on an earlier day.
bool removal_due(const LameEntry& entry, Day day) {
  return days_between(entry.first_seen, day) >= kRemovalDay && !entry.notices.empty() &&
         entry.notices.front() < day;
}

/// The action for one entry on a day; false: none.
bool describe(const LameEntry& entry, Day day, DueAction& action) {
  action.lameness = entry.lameness;
  action.since = entry.first_seen;
  action.days = days_between(entry.first_seen, day);
  if (action.days == 0) {
    action.kind = DueAction::Kind::recorded;
  } else if (removal_due(entry, day)) {
    action.kind = DueAction::Kind::remove_server;
  } else if (!entry.notices.empty() && entry.notices.back() == day) {
    action.kind = DueAction::Kind::notice;
    action.notice = static_cast<int>(entry.notices.size());
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string_view id_of(DueAction::Kind kind) {
  switch (kind) {
    case DueAction::Kind::recorded:
      return "recorded";
    case DueAction::Kind::notice:
      return "notice";
    case DueAction::Kind::remove_server:
      return "remove-server";
    case DueAction::Kind::remove_object:
      return "remove-object";
    case DueAction::Kind::cleared:
      break;
  }
  return "cleared";
}

void LameRegister::begin(Day day) {
  if (position.day != day) cleared_.clear();
}

void LameRegister::take(const Report& report, Day day) {
  const std::string zone = report.zone.lowered().to_text();
  LameZone& state = zones_[zone];
  state.servers = report.verdicts.size();
  for (const Verdict& verdict : report.verdicts) {
    const std::string server = verdict.server.lowered().to_text();
    const auto at = state.lame.find(server);
    if (verdict.lameness == Lameness::none) {
      if (at == state.lame.end()) continue;
      cleared_.push_back({zone, server, at->second.first_seen});
      state.lame.erase(at);
    } else if (verdict.lameness == Lameness::unknown) {  // neither confirms nor clears it
      if (at != state.lame.end()) at->second.last_tested = day;
    } else {
      take_lame(at == state.lame.end() ? state.lame[server] : at->second, verdict, day);
    }
  }
  if (state.lame.empty()) zones_.erase(zone);
}

void LameRegister::take_lame(LameEntry& entry, const Verdict& verdict, Day day) {
  if (entry.lameness == Lameness::unknown) entry.first_seen = day;
  entry.lameness = verdict.lameness;
  entry.last_tested = day;
  if (!removal_due(entry, day) && notice_due(entry, day)) entry.notices.push_back(day);
}

void LameRegister::forget_untested(Day day) {
  for (auto zone = zones_.begin(); zone != zones_.end();) {
    std::erase_if(zone->second.lame, [&](const auto& entry) { return entry.second.last_tested < day; });
    zone = zone->second.lame.empty() ? zones_.erase(zone) : std::next(zone);
  }
}

std::vector<DueAction> LameRegister::due(Day day) const {
  using Kind = DueAction::Kind;
  std::vector<DueAction> all;
  for (const auto& [zone, state] : zones_) {
    std::vector<DueAction> of_zone;
    for (const auto& [server, entry] : state.lame) {
      DueAction action{.zone = zone, .server = server};
      if (describe(entry, day, action)) of_zone.push_back(std::move(action));
    }
    const auto removals = std::count_if(of_zone.begin(), of_zone.end(),
                                        [](const DueAction& a) { return a.kind == Kind::remove_server; });
    if (removals > 0 && static_cast<size_t>(removals) == state.servers) {
      DueAction object = of_zone.front();
      for (const DueAction& action : of_zone) object.since = std::min(object.since, action.since);
      object.kind = Kind::remove_object;
      object.server.clear();
      object.days = days_between(object.since, day);
      of_zone = {object};
    }
    std::move(of_zone.begin(), of_zone.end(), std::back_inserter(all));
  }
  if (position.day == day)
    for (const ClearedEntry& entry : cleared_)
      all.push_back({.kind = Kind::cleared,
                     .zone = entry.zone,
                     .server = entry.server,
                     .lameness = Lameness::none,
                     .since = entry.since,
                     .days = days_between(entry.since, day)});
  return all;
}

size_t LameRegister::size() const {
  size_t sum = 0;
  for (const auto& [zone, state] : zones_) sum += state.lame.size();
  return sum;
}

}  // namespace ptrd::rdns::check
