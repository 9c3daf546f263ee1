// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "datapath/counters.hpp"

#include <algorithm>

#include "json/value.hpp"

namespace ptrd::datapath {

namespace {

/// The value of `name`, added as zero if missing.
template <typename T>
T& entry_of(std::vector<std::pair<std::string, T>>& named, std::string_view name) {
  const auto it =
      std::find_if(named.begin(), named.end(), [&](const auto& entry) { return entry.first == name; });
  return it == named.end() ? named.emplace_back(name, T()).second : it->second;
}

void add_to(Totals::Named& named, std::string_view name, uint64_t value) {
  entry_of(named, name) += value;
}

json::Value object_of(const Totals::Named& named) {
  auto object = json::Value::object();
  for (const auto& [name, value] : named) {
    const size_t dot = name.find('.');
    if (dot == std::string::npos) {
      object[name] = value;
    } else {
      object[name.substr(0, dot)][name.substr(dot + 1)] = value;
    }
  }
  return object;
}

constexpr NoteFamily kOverLimit{
    "policy",
    "over_limit.",
    {"ptrd_policy_over_limit_total", "Replies over a limit of the policy, by what was done."},
    "done",
    true};
constexpr NoteFamily kLimits{"policy",
                             "limits.",
                             {"ptrd_policy_limited_total", "Replies over a limit of the policy, by limit."},
                             "limit",
                             true};
/// In the order of StationCounts::by_limit.
constexpr std::array<const char*, policy::kClasses + 1> kLimitNames = {"answer",   "nodata", "nxdomain",
                                                                       "referral", "error",  "enumeration"};
constexpr NoteFamily kCookies{
    "policy",
    "cookies.",
    {"ptrd_policy_cookies_total", "Queries with a DNS cookie, by what it was worth."},
    "state",
    true};

}  // namespace

void PolicyCounters::set(const policy::StationCounts& counts) {
  dropped.set(counts.dropped);
  slipped.set(counts.slipped);
  refused.set(counts.refused);
  log_only.set(counts.log_only);
  for (size_t i = 0; i < by_limit.size(); ++i) by_limit[i].set(counts.by_limit[i]);
  cookies_valid.set(counts.cookies_valid);
  cookies_new.set(counts.cookies_new);
  cookies_bad.set(counts.cookies_bad);
}

void Totals::add(const Counters& counters) {
  rx += counters.rx.get();
  tx += counters.tx.get();
  for (size_t i = 0; i < queries.size(); ++i) queries[i] += counters.queries[i].get();
  for (size_t i = 0; i < answer::kKinds; ++i) {
    const auto kind = static_cast<answer::Kind>(i);
    add_to(answer::is_reply(kind) ? answered : dropped, answer::kind_name(kind), counters.kinds[i].get());
  }
  for (size_t i = 1; i < frame::kVerdicts; ++i) {
    const auto verdict = static_cast<frame::Verdict>(i);
    add_to(frame::is_punt(verdict) ? punted : dropped, frame::verdict_name(verdict),
           counters.verdicts[i].get());
  }
  add_to(dropped, "tx_full", counters.tx_full.get());
  add_to(dropped, "no_room", counters.no_room.get());
  add_to(dropped, "chained", counters.chained.get());
  add_to(dropped, "exception_full", counters.exception_full.get());
  add_to(dropped, "no_kernel_path", counters.no_kernel_path.get());
  add_note(kOverLimit, "dropped", counters.policy.dropped.get());
  add_note(kOverLimit, "truncated", counters.policy.slipped.get());
  add_note(kOverLimit, "refused", counters.policy.refused.get());
  add_note(kOverLimit, "sent", counters.policy.log_only.get());
  for (size_t i = 0; i < kLimitNames.size(); ++i)
    add_note(kLimits, kLimitNames[i], counters.policy.by_limit[i].get());
  add_note(kCookies, "valid", counters.policy.cookies_valid.get());
  add_note(kCookies, "new", counters.policy.cookies_new.get());
  add_note(kCookies, "bad", counters.policy.cookies_bad.get());
}

void Totals::add(const policy::KernelCounts& counts) {
  add_note(kOverLimit, "sent", counts.log_only);
  add_note(kCookies, "valid", counts.cookies_valid);
  add_note(kCookies, "new", counts.cookies_new);
  add_note(kCookies, "bad", counts.cookies_bad);
}

void Totals::add(const Totals& other) {
  rx += other.rx;
  tx += other.tx;
  for (size_t i = 0; i < queries.size(); ++i) queries[i] += other.queries[i];
  for (const auto& [name, value] : other.answered) add_to(answered, name, value);
  for (const auto& [name, value] : other.dropped) add_to(dropped, name, value);
  for (const auto& [name, value] : other.punted) add_to(punted, name, value);
  for (const auto& [family, name, value] : other.notes) add_note(*family, name, value);
}

void Totals::add_lost(const char* reason, uint64_t count) {
  rx += count;
  add_to(dropped, reason, count);
}

void Totals::add_note(const NoteFamily& family, std::string_view name, uint64_t value) {
  const auto it = std::find_if(notes.begin(), notes.end(),
                               [&](const Note& note) { return note.family == &family && note.name == name; });
  if (it == notes.end()) {
    notes.push_back({&family, std::string(name), value});
  } else {
    it->value += value;
  }
}

std::vector<std::pair<std::string, Totals::Named>> Totals::sections() const {
  std::vector<std::pair<std::string, Named>> sections;
  for (const auto& [family, name, value] : notes)
    entry_of(sections, family->section).emplace_back(family->prefix + name, value);
  return sections;
}

uint64_t Totals::sum(const Named& named) {
  uint64_t total = 0;
  for (const auto& [name, value] : named) total += value;
  return total;
}

json::Value Totals::to_json(double seconds) const {
  json::Value json;
  json["seconds"] = seconds;
  json["rx"] = rx;
  json["answered"] = object_of(answered);
  json["dropped"] = object_of(dropped);
  json["punted"] = sum(punted);
  json["punted_by"] = object_of(punted);
  json["tx"] = tx;
  for (const auto& [name, section] : sections()) json[name] = object_of(section);
  return json;
}

std::string Totals::stats_text(double seconds) const {
  return to_json(seconds).dump(2) + "\n";
}

}  // namespace ptrd::datapath
