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

/// A sender that falls behind by more does not catch up in a burst: those queries count as not sent.
inline constexpr int64_t kMaxBehind = 5'000'000;  // ns

/// A load to be sent.
struct Plan {
  double rate = 0;  // queries per second, of all senders
  double seconds = 0;
  double timeout = 1;   // timeout of a reply in seconds
  unsigned burst = 16;  // queries that are due at once
  double bin = 0;       // seconds per bin; 0: no bins
};

/// Progress counters, one per sender.
struct alignas(64) Progress {
  datapath::Counter sent;
  datapath::Counter answered;
};

/// The first query sets the schedule for all others, and may be late by up to this.
inline constexpr int64_t kLatestStart = 1'000'000'000;  // ns

/// Shared by the senders of a load.
struct Load {
  const Plan& plan;
  const QuerySet& queries;
  const Judge& judge;
  /// 1: stop sending, but wait for outstanding replies. 2: do not wait.
  const std::atomic<int>& stop;
  std::deque<Outstanding> outstanding{};  // by sender
  /// Senders with pending queries; until there are none, all receive replies, since these may arrive at any
  /// of them.
  std::atomic<size_t> unsettled{0};
  std::deque<Progress> progress{};  // by sender
  std::atomic<size_t> absent{0};    // senders whose threads are not running yet
  /// CLOCK_MONOTONIC, ns: when the last sender was ready; 0 before that.
  std::atomic<int64_t> start{0};
};

}  // namespace ptrd::load
