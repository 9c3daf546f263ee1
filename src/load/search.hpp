// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace ptrd::load {

/// One load at one rate, and its result.
struct Trial {
  double asked = 0;     // requested queries per second
  double achieved = 0;  // queries per second that were sent
  uint64_t due = 0;
  uint64_t sent = 0;
  uint64_t answered = 0;
  uint64_t overrun = 0;  // replies that the generator itself lost

  /// The generator was the limit: more than one in a thousand queries was not sent in time, or it lost
  /// replies.
  [[nodiscard]] bool limited() const { return due - sent > due / 1000 || overrun > 0; }
  [[nodiscard]] bool no_loss() const { return sent > 0 && answered == sent; }
  [[nodiscard]] bool most_answered() const { return sent > 0 && sent - answered <= sent / 1000; }
};

struct Plan;
struct Tally;
/// A load as a trial.
[[nodiscard]] Trial trial_of(const Plan& plan, const Tally& tally);

struct SearchOptions {
  double from = 10'000;          // first rate in queries per second
  double max_rate = 20'000'000;  // highest rate to try
  double precision = 0.02;       // relative, of the rates found
  unsigned tries = 2;            // a rate counts as sustained if one of that many trials succeeds
};

/// The highest rates found, as achieved; empty if none was sustained.
struct Rates {
  std::optional<Trial> no_loss;
  std::optional<Trial> most_answered;  // 99.9 % answered
  bool no_loss_limited = false;        // the generator, not the server, was the limit
  bool most_answered_limited = false;
  std::vector<Trial> trials;  // all, in order
};

/// Searches for both rates by doubling and then bisection, until the precision is reached. `attempt` runs one
/// trial at a rate; an empty result ends the search with what has been found.
[[nodiscard]] Rates find_rates(const SearchOptions& options,
                               const std::function<std::optional<Trial>(double rate)>& attempt);

}  // namespace ptrd::load
