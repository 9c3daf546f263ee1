// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "load/costs.hpp"
#include "load/histogram.hpp"

namespace ptrd::load {

/// What became of the queries that were due in one stretch of time.
struct Bin {
  uint64_t sent = 0;
  uint64_t answered = 0;
  uint64_t slowest = 0;  // ns
};
using Bins = std::vector<Bin>;

/// What one thread, or all of them, saw. Every query sent is answered, wrong or lost:
/// sent = answered + wrong + lost.
struct Tally {
  uint64_t due = 0;  // by the rate, in the time that sending took
  uint64_t sent = 0;
  uint64_t answered = 0;   // in time and right
  uint64_t wrong = 0;      // replied to, but the reply is not right
  uint64_t lost = 0;       // no reply in time
  uint64_t late = 0;       // right replies that came after their query was given up: these are lost
  uint64_t duplicate = 0;  // further replies to the same query
  uint64_t stray = 0;      // that no query belongs to
  uint64_t damaged = 0;    // frames with a bad checksum or length; the kernel drops them itself
  uint64_t overrun = 0;    // replies that were lost on our side, since we did not take them fast enough
  uint64_t truncated = 0;  // of the answered, TC set
  std::array<uint64_t, 16> rcodes{};  // of the answered, by the header's rcode
  std::vector<uint64_t> from_image;   // of the answered, by image
  Histogram latency;                  // of the answered, ns since the query was due
  Bins bins;                          // by the time that queries were due
  uint64_t silence =
      0;               // ns, from a query that was lost, over all lost ones that follow, to the next answered
  double seconds = 0;  // that sending took, from the first query on
  Costs costs;

  void add(const Tally& other);
  [[nodiscard]] uint64_t not_sent() const { return due - sent; }
};

/// The longest row of bins for which `holds`, in bins; those without a query neither count nor end it.
template <typename Holds>
[[nodiscard]] size_t longest_row(const Bins& bins, Holds holds) {
  size_t most = 0, row = 0;
  for (const Bin& bin : bins) {
    if (bin.sent == 0) continue;
    row = holds(bin) ? row + 1 : 0;
    most = std::max(most, row);
  }
  return most;
}

}  // namespace ptrd::load
