// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// What is done with queries besides answering them: by who asks, what is asked about, and how often.
//
//   parse ─▶ admit ─▶ walk ─▶ write ─▶ limit
//             │ 1. rules on the client's address     the longest prefix of any list; the first rule on a tie
//             │ 2. rules on the address asked about  likewise
//             │ 3. rules on the name                 the first expression that matches
//             │ 4. cookies
//             ▼
//             a rule decides, or only counts: see `is_final`
//
// A policy is immutable, except for counters and rates; it is swapped together with the image.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "policy/client.hpp"
#include "policy/cookies.hpp"
#include "policy/hit_ring.hpp"
#include "policy/kernel_lines.hpp"
#include "policy/limits.hpp"
#include "policy/name_rules.hpp"
#include "policy/prefix_table.hpp"
#include "policy/rule.hpp"

namespace ptrd::policy {

/// What a policy file says.
struct Spec {
  std::string file;                                        // for messages
  std::vector<Rule> rules;                                 // rule 1 is the first
  std::array<std::vector<PrefixTable::Entry>, 2> clients;  // IPv4, IPv6; values are rule numbers
  std::array<std::vector<PrefixTable::Entry>, 2> asked;
  std::vector<NameRule> names;
  NameLimits name_limits;
  std::optional<LimitSettings> limits;
  std::array<std::vector<PrefixTable::Entry>, 2> unlimited;  // clients without rate limits
  std::optional<Cookies::Settings> cookies;
  std::shared_ptr<KernelLines> kernel;  // the same for the kernel program; null: there is none
};

/// Threads that apply policies have numbers from 0 on, given out when they are made. At most this many.
inline constexpr size_t kMaxStations = 1024;

class Policy {
 public:
  /// For threads with numbers below `stations`. Error: a line that says what and where.
  [[nodiscard]] static tl::expected<std::unique_ptr<Policy>, std::string> make(
      Spec spec, size_t stations, const CompileNames& compile = compile_names);
  ~Policy();

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] std::span<const Rule> rules() const { return rules_; }
  [[nodiscard]] size_t stations() const { return stations_; }
  /// How often a rule has matched, in the kernel program as well.
  [[nodiscard]] uint64_t hits(RuleNumber rule) const;
  [[nodiscard]] KernelCounts counts_of_kernel() const;
  [[nodiscard]] const std::optional<Cookies>& cookies() const { return cookies_; }
  [[nodiscard]] const Limits* limits() const { return limits_.get(); }
  /// What the kernel program reads; null: nothing.
  [[nodiscard]] const KernelLines* kernel() const { return kernel_.get(); }

  /// Calls `visit` with the hits that the action log has collected since the last call. Returns how many more
  /// there were, since the start, that no room was for. One thread at a time.
  uint64_t take_hits(const std::function<void(const Hit&)>& visit) const;
  /// Whether it depends on who asks.
  [[nodiscard]] bool reads_clients() const { return reads_clients_; }
  /// Whether there is something to do, or to count, once the replies are written.
  [[nodiscard]] bool reads_replies() const { return reads_replies_; }

  /// What the policy would do, for people.
  struct Verdict {
    RuleNumber client = 0;
    RuleNumber asked = 0;
    RuleNumber name = 0;
    bool unlimited = false;
  };
  /// One thread at a time.
  [[nodiscard]] Verdict explain(const Client* client, const answer::Query& query, wire::Bytes name) const;

 private:
  friend class Station;
  Policy() = default;

  struct Counts;  // of one station, in lines of its own

  [[nodiscard]] const PrefixTable& clients(bool ipv6) const { return clients_[ipv6 ? 1 : 0]; }
  /// The rule for the address that a name stands for; also of names with fewer labels than an address.
  [[nodiscard]] RuleNumber asked_rule(const answer::Query& query, wire::Bytes name) const;
  /// Whether one more query is within a rule's rate at `now`, in nanoseconds.
  [[nodiscard]] bool takes(RuleNumber number, uint64_t now) const;

  /// How long the shortest burst that a rate allows lasts at that rate, in microseconds.
  [[nodiscard]] uint64_t shortest_window() const;

  std::string file_;
  size_t stations_ = 0;
  std::vector<Rule> rules_;
  std::array<PrefixTable, 2> clients_;
  std::array<PrefixTable, 2> asked_;
  std::array<PrefixTable, 2> unlimited_;
  NameRules names_;
  // Which parts there are, so that a burst passes the others by.
  bool rules_on_clients_ = false;  // or clients without limits
  bool rules_on_addresses_ = false;
  bool decides_ = false;  // rules or cookies
  bool reads_clients_ = false;
  bool reads_replies_ = false;
  bool reads_clock_ = false;
  bool coarse_clock_ = false;  // a few milliseconds are nothing to its rates
  std::optional<Cookies> cookies_;
  std::shared_ptr<KernelLines> kernel_;
  std::unique_ptr<Limits> limits_;  // may use the kernel's memory
  std::unique_ptr<Bucket[]> own_buckets_;
  std::span<Bucket> buckets_;          // by rule number; may be the kernel's memory
  std::unique_ptr<Counts[]> counts_;   // by station
  std::unique_ptr<HitRing[]> logged_;  // by station; null: no rule logs
};

}  // namespace ptrd::policy
