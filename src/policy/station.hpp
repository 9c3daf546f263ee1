// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "policy/policy.hpp"
#include "ptrd/answer/engine.hpp"

namespace ptrd::policy {

/// What limits and cookies have done, in one station.
struct StationCounts {
  uint64_t dropped = 0;   // replies over a limit that were dropped
  uint64_t slipped = 0;   // ... that were sent empty with TC
  uint64_t refused = 0;   // ... that became REFUSED, over TCP
  uint64_t log_only = 0;  // ... that were sent, as the limits are in log-only mode
  /// Replies over each limit: of each class, and on denials.
  std::array<uint64_t, kClasses + 1> by_limit = {};
  uint64_t cookies_valid = 0;
  uint64_t cookies_new = 0;  // only a client's cookie
  uint64_t cookies_bad = 0;  // a server's cookie that is not ours, or too old
};

/// One thread's part in a policy: its stations in the pipeline. Nothing here allocates, locks or throws.
class Station {
 public:
  Station();
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;
  /// Number of stations made so far: what `Policy::make` needs.
  [[nodiscard]] static size_t count();

  /// After the parse: decides what can be decided by the query alone. A query that a rule decides gets the
  /// path reply, deny or drop. All spans have the same
  /// size, at most answer::kBurst; the messages came over one transport. Without `reads_clients` the clients
  /// are not read.
  void admit(const Policy& policy, std::span<const answer::Message> messages, std::span<const Client> clients,
             std::span<answer::Query> queries);
  /// After the replies are written: drops or shortens those over a limit. The same burst as in `admit`.
  void limit(const Policy& policy, const answer::Engine& engine, std::span<const answer::Message> messages,
             std::span<const Client> clients, std::span<const answer::Query> queries,
             std::span<answer::Reply> replies);

  [[nodiscard]] const StationCounts& counts() const { return counts_; }

 private:
  /// The queries of a burst, a bit each.
  using Set = uint32_t;
  static_assert(answer::kBurst <= 32);
  template <typename Visit>
  static void each(Set set, Visit visit) {
    for (; set != 0; set &= set - 1) visit(static_cast<size_t>(__builtin_ctz(set)));
  }
  static Set bit(size_t i) { return Set{1} << i; }
  static Set all(size_t count) { return static_cast<Set>((uint64_t{1} << count) - 1); }

  /// Those that are no plain questions for addresses.
  [[nodiscard]] static Set unusual_among(std::span<const answer::Query> queries);
  void apply(const Policy& policy, RuleNumber rule, size_t i, answer::Query& query);
  void log(const Policy& policy, RuleNumber rule, size_t i, const answer::Query& query);
  void by_client(const Policy& policy, std::span<const Client> clients, std::span<answer::Query> queries);
  void by_address(const Policy& policy, std::span<const answer::Message> messages,
                  std::span<answer::Query> queries);
  void by_name(const Policy& policy, std::span<const answer::Message> messages,
               std::span<answer::Query> queries);
  void check_cookies(const Policy& policy, std::span<const answer::Message> messages,
                     std::span<const Client> clients, std::span<answer::Query> queries);
  void limit_denials(Limits& limits, const answer::Engine& engine, std::span<const answer::Message> messages,
                     std::span<const Client> clients, std::span<const answer::Query> queries,
                     std::span<answer::Reply> replies);
  void cut(const Limits& limits, const answer::Engine& engine, const answer::Message& message,
           const answer::Query& query, answer::Reply& reply);

  size_t number_;
  // Of the burst.
  std::span<const answer::Message> messages_;
  std::span<const Client> clients_;
  Set open_ = 0;       // no rule has decided yet
  Set unusual_ = 0;    // not a plain question for an address
  Set unlimited_ = 0;  // no rate limit applies
  Set exempt_ = 0;     // nor does one on denials
  Set uniform_ = 0;    // NXDOMAIN becomes NODATA
  uint64_t now_ = 0;   // nanoseconds, monotonic; 0: not read for this burst
  unsigned over_ = 0;  // replies over a limit so far: every `slip`-th is sent
  std::array<RateTable::Place, answer::kBurst> places_;  // of the limits, for each client
  StationCounts counts_;
};

}  // namespace ptrd::policy
