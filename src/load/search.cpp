// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "load/plan.hpp"
#include "load/tally.hpp"

namespace ptrd::load {

namespace {

using Criterion = bool (Trial::*)() const;

constexpr double kMin = 100;  // queries per second; the search does not go below

class Search {
 public:
  Search(const SearchOptions& options, const std::function<std::optional<Trial>(double)>& attempt,
         std::vector<Trial>& trials)
      : options_(options), attempt_(attempt), trials_(trials) {}

  [[nodiscard]] bool over() const { return over_; }

  /// Trials at twice, or half the rate, until the criterion is met at one and not at the next.
  void bracket(Criterion criterion) {
    double rate = options_.from;
    if (held_at(rate, criterion)) {
      while (!over_ && rate < options_.max_rate) {
        rate = std::min(rate * 2, options_.max_rate);
        if (!held_at(rate, criterion)) return;
      }
      return;
    }
    while (!over_ && rate > kMin) {
      rate = std::max(rate / 2, kMin);
      if (held_at(rate, criterion)) return;
    }
  }

  /// Trials between the highest rate that is sustained and the lowest that is not.
  void narrow(Criterion criterion) {
    while (!over_) {
      const double low = highest_held(criterion), high = lowest_failed(criterion, low);
      if (low == 0 && high > kMin * 2) {
        (void)held_at(high / 2, criterion);
      } else if (low == 0 || std::isinf(high) || high <= low * (1 + options_.precision)) {
        return;
      } else {
        (void)held_at(std::sqrt(low * high), criterion);
      }
    }
  }

  [[nodiscard]] std::optional<Trial> best(Criterion criterion) const {
    std::optional<Trial> best;
    for (const Trial& trial : trials_) {
      if ((trial.*criterion)() && (!best || trial.achieved > best->achieved)) best = trial;
    }
    return best;
  }

  /// Whether the lowest failing rate above the best one failed only because of the generator.
  [[nodiscard]] bool limited(Criterion criterion) const {
    const double low = highest_held(criterion);
    const double high = lowest_failed(criterion, low);
    return std::any_of(trials_.begin(), trials_.end(), [&](const Trial& trial) {
      return trial.asked == high && trial.limited() && ((trial.*criterion)() || trial.overrun > 0);
    });
  }

 private:
  bool held_at(double rate, Criterion criterion) {
    for (unsigned i = 0; i < std::max(options_.tries, 1U); ++i) {
      const auto trial = attempt_(rate);
      if (!trial) {
        over_ = true;
        return false;
      }
      trials_.push_back(*trial);
      if ((*trial.*criterion)() && !trial->limited()) return true;
    }
    return false;
  }

  /// The highest rate that is sustained. A trial in which the generator could not keep up counts for the rate
  /// that it achieved.
  [[nodiscard]] double highest_held(Criterion criterion) const {
    double highest = 0;
    for (const Trial& trial : trials_) {
      if ((trial.*criterion)()) highest = std::max(highest, trial.limited() ? trial.achieved : trial.asked);
    }
    return highest;
  }

  [[nodiscard]] double lowest_failed(Criterion criterion, double above) const {
    double lowest = std::numeric_limits<double>::infinity();
    for (const Trial& trial : trials_) {
      const bool held = (trial.*criterion)() && !trial.limited();
      if (!held && trial.asked > above) lowest = std::min(lowest, trial.asked);
    }
    return lowest;
  }

  const SearchOptions& options_;
  const std::function<std::optional<Trial>(double)>& attempt_;
  std::vector<Trial>& trials_;
  bool over_ = false;
};

}  // namespace

Trial trial_of(const Plan& plan, const Tally& tally) {
  return {.asked = plan.rate,
          .achieved = tally.seconds > 0 ? static_cast<double>(tally.sent) / tally.seconds : 0,
          .due = tally.due,
          .sent = tally.sent,
          .answered = tally.answered,
          .overrun = tally.overrun};
}

Rates find_rates(const SearchOptions& options,
                 const std::function<std::optional<Trial>(double rate)>& attempt) {
  Rates rates;
  Search search(options, attempt, rates.trials);
  search.bracket(&Trial::most_answered);
  search.narrow(&Trial::most_answered);
  search.narrow(&Trial::no_loss);
  rates.no_loss = search.best(&Trial::no_loss);
  rates.most_answered = search.best(&Trial::most_answered);
  rates.no_loss_limited = search.limited(&Trial::no_loss);
  rates.most_answered_limited = search.limited(&Trial::most_answered);
  return rates;
}

}  // namespace ptrd::load
