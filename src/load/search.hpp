// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace ptrd::load {

/// One load at one rate, and what it came to.
struct Trial {
  double asked = 0;     // queries a second that were to be sent
  double achieved = 0;  // that were sent
  uint64_t due = 0;
  uint64_t sent = 0;
  uint64_t answered = 0;
  uint64_t overrun = 0;  // replies that the generator lost itself

  /// It is the generator that could not: more than one in a thousand was not sent in time, or it lost
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
  double from = 10'000;      // queries a second to begin with
  double most = 20'000'000;  // that are tried at most
  double precision = 0.02;   // of the rates found
  unsigned tries = 2;        // a rate counts as held if it is held once in so many
};

/// The highest rates found, as achieved; nothing where none was held.
struct Rates {
  std::optional<Trial> no_loss;
  std::optional<Trial> most_answered;  // 99.9 % answered
  bool no_loss_limited = false;        // the generator, not the server, kept it from being higher
  bool most_answered_limited = false;
  std::vector<Trial> trials;  // all, in their order
};

/// Looks for both rates by doubling and then halving the distance, each as often as the precision takes.
/// `attempt` makes one trial at a rate; nothing ends the search with what there is.
[[nodiscard]] Rates find_rates(const SearchOptions& options,
                               const std::function<std::optional<Trial>(double rate)>& attempt);

}  // namespace ptrd::load
