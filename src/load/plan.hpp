// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>

#include "datapath/counter.hpp"
#include "load/judge.hpp"
#include "load/outstanding.hpp"
#include "load/query_set.hpp"

namespace ptrd::load {

/// Who falls behind by more does not catch up in a burst: those queries count as not sent.
inline constexpr int64_t kMaxBehind = 5'000'000;  // ns

/// A load to be sent.
struct Plan {
  double rate = 0;  // queries a second, of all senders
  double seconds = 0;
  double timeout = 1;   // seconds that a reply may take
  unsigned burst = 16;  // queries that are due at once
  double bin = 0;       // seconds that a bin stands for; 0: no bins
};

/// Counted while it runs, by each sender for itself.
struct alignas(64) Progress {
  datapath::Counter sent;
  datapath::Counter answered;
};

/// A start may be late by so much: the first query sets the time for all that follow.
inline constexpr int64_t kLatestStart = 1'000'000'000;  // ns

/// What the senders of a load share.
struct Load {
  const Plan& plan;
  const QuerySet& queries;
  const Judge& judge;
  /// 1: no more is sent, but replies under way are waited for. 2: not even that.
  const std::atomic<int>& stop;
  std::deque<Outstanding> outstanding{};  // by sender
  /// Senders with queries that have no fate yet; until there is none all take replies, as these may come to
  /// any.
  std::atomic<size_t> unsettled{0};
  std::deque<Progress> progress{};  // by sender
  std::atomic<size_t> absent{0};    // senders whose threads do not run yet
  /// CLOCK_MONOTONIC, ns: when the last of the senders was there; 0 before that.
  std::atomic<int64_t> start{0};
};

}  // namespace ptrd::load
