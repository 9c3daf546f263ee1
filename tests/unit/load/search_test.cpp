// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/search.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace ptrd::load {
namespace {

/// A server that answers all up to one rate, 99.95 % up to another, and half above; a generator with a limit.
struct Model {
  double lossless = 1e9;
  double good = 1e9;
  double generator = 1e9;
  unsigned trials = 0;

  std::optional<Trial> operator()(double rate) {
    ++trials;
    Trial trial{.asked = rate, .achieved = std::min(rate, generator), .due = static_cast<uint64_t>(rate)};
    trial.sent = static_cast<uint64_t>(trial.achieved);
    const double share = trial.achieved <= lossless ? 1 : trial.achieved <= good ? 0.9995 : 0.5;
    trial.answered = static_cast<uint64_t>(std::floor(share * static_cast<double>(trial.sent)));
    return trial;
  }
};

Rates find(Model& model, const SearchOptions& options = {}) {
  return find_rates(options, [&](double rate) { return model(rate); });
}

TEST(Search, FindsBothRates) {
  for (const double lossless : {1234.0, 9999.0, 123'456.0, 3'000'000.0}) {
    Model model{.lossless = lossless, .good = lossless * 1.4};
    const Rates rates = find(model);
    ASSERT_TRUE(rates.no_loss && rates.most_answered) << lossless;
    EXPECT_LE(rates.no_loss->achieved, lossless);
    EXPECT_GE(rates.no_loss->achieved, lossless / 1.021);
    EXPECT_LE(rates.most_answered->achieved, lossless * 1.4);
    EXPECT_GE(rates.most_answered->achieved, lossless * 1.4 / 1.021);
    EXPECT_FALSE(rates.no_loss_limited || rates.most_answered_limited);
    EXPECT_LT(model.trials, 60U);
    EXPECT_EQ(model.trials, rates.trials.size());
  }
}

/// If the generator is the limit, that is reported, not a rate of the server.
TEST(Search, TellsTheGeneratorsLimit) {
  Model model{.lossless = 50'000, .generator = 70'000};
  model.good = 1e9;
  const Rates rates = find(model);
  EXPECT_FALSE(rates.no_loss_limited);
  EXPECT_NEAR(rates.no_loss->achieved, 50'000, 1100);
  EXPECT_TRUE(rates.most_answered_limited);
  EXPECT_NEAR(rates.most_answered->achieved, 70'000, 1500);
}

TEST(Search, StopsAtTheMost) {
  Model model;
  const Rates rates = find(model, {.from = 1000, .max_rate = 50'000});
  EXPECT_EQ(rates.no_loss->achieved, 50'000);
  EXPECT_FALSE(rates.no_loss_limited);
}

TEST(Search, FindsNothingWhereNothingIsAnswered) {
  Model model{.lossless = 0, .good = 0};
  const Rates rates = find(model);
  EXPECT_FALSE(rates.no_loss || rates.most_answered);
  EXPECT_LT(model.trials, 40U);
}

/// A single failure at a rate that the server otherwise sustains does not affect the search.
TEST(Search, TriesAgain) {
  Model model{.lossless = 80'000, .good = 80'000};
  unsigned count = 0;
  const Rates rates = find_rates({}, [&](double rate) {
    auto trial = model(rate);
    if (++count % 2 == 1) trial->answered /= 2;
    return trial;
  });
  EXPECT_NEAR(rates.no_loss->achieved, 80'000, 1700);
}

/// Stopped from outside, it returns what it found so far.
TEST(Search, CanBeEnded) {
  Model model{.lossless = 80'000, .good = 80'000};
  const Rates rates =
      find_rates({}, [&](double rate) { return model.trials == 3 ? std::nullopt : model(rate); });
  EXPECT_EQ(rates.no_loss->achieved, 40'000);
  EXPECT_EQ(rates.trials.size(), 3U);
}

/// Replies that the generator itself lost say nothing about the server.
TEST(Search, DoesNotBlameTheServerForOurLosses) {
  Model model;
  const Rates rates = find_rates({}, [&](double rate) {
    auto trial = model(rate);
    if (rate > 60'000) {
      trial->answered -= trial->answered / 100;
      trial->overrun = trial->sent - trial->answered;
    }
    return trial;
  });
  EXPECT_NEAR(rates.no_loss->achieved, 60'000, 1300);
  EXPECT_TRUE(rates.no_loss_limited);
}

}  // namespace
}  // namespace ptrd::load
