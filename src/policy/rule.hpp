// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ptrd::policy {

/// What a rule does with a query that it matches.
enum class Action : uint8_t {
  answer,    // answer it: no other rule and no rate limit applies
  drop,      // no reply
  refuse,    // REFUSED
  truncate,  // over UDP an empty reply with TC, so that the client asks over TCP; over TCP as if there were
             // no rule
  nxdomain,  // as if the name did not exist
  nodata,    // as if the name had no records
  rate,      // answer so many a second, drop the others (over TCP: REFUSED)
  uniform,   // names that do not exist get NODATA: nothing tells them from those without records
  count,     // only count it; the next rules apply
  log,       // write one in so many to the log; the next rules apply
};
inline constexpr size_t kActions = 10;
/// Its name in the policy file.
[[nodiscard]] std::string_view action_name(Action action);
[[nodiscard]] std::optional<Action> action_of(std::string_view name);
/// Whether no later rule applies.
[[nodiscard]] constexpr bool is_final(Action action) {
  return action != Action::count && action != Action::log && action != Action::uniform &&
         action != Action::rate;
}

/// The number of a rule in its policy, from 1 on; 0: none.
using RuleNumber = uint32_t;
/// The most rules of a policy file. Each may bring a list of any length.
inline constexpr size_t kMaxRules = 1U << 16;

struct Rule {
  Action action = Action::count;
  uint32_t one_in = 1;      // log: one of so many
  uint32_t per_second = 1;  // rate: of all queries that match the rule, at least 1
  uint32_t burst = 1;       // rate: so many may come at once
  std::string name;         // for people: its id, or what it matches
  std::string where;        // "policy.yaml:12"
};

/// The rate of a rule with that action, which all threads and the kernel program share (struct ptrd_bucket):
/// a query is due `cost` nanoseconds after the one before.
struct alignas(64) Bucket {
  std::atomic<uint64_t> caught_up{0};  // monotonic time at which the rule will have caught up with its rate
  uint64_t cost = 0;
  uint64_t window = 0;  // how far it may be ahead
};
/// Sets the rates of rules, which are counted from 1 on; `buckets[0]` is not used.
void set_rates(std::span<const Rule> rules, std::span<Bucket> buckets);

}  // namespace ptrd::policy
