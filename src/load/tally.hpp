// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "load/costs.hpp"
#include "load/histogram.hpp"

namespace ptrd::load {

/// Outcome of the queries that were due in one interval.
struct Bin {
  uint64_t sent = 0;
  uint64_t answered = 0;
  uint64_t slowest = 0;  // ns
};
using Bins = std::vector<Bin>;

/// Totals of one thread, or of all. Every query sent is answered, wrong or lost: sent = answered + wrong +
/// lost.
struct Tally {
  uint64_t due = 0;  // required by the rate, in the time of sending
  uint64_t sent = 0;
  uint64_t answered = 0;              // in time and right
  uint64_t wrong = 0;                 // replied to, but the reply is wrong
  uint64_t lost = 0;                  // no reply in time
  uint64_t late = 0;                  // right replies that came after their query was given up, which is lost
  uint64_t duplicate = 0;             // further replies to the same query
  uint64_t stray = 0;                 // replies without a query
  uint64_t damaged = 0;               // frames with a bad checksum or length; the kernel drops these itself
  uint64_t overrun = 0;               // replies that we lost because we did not read them fast enough
  uint64_t truncated = 0;             // of the answered, TC set
  std::array<uint64_t, 16> rcodes{};  // of the answered, by the header's rcode
  std::vector<uint64_t> from_image;   // of the answered, by image
  Histogram latency;                  // of the answered, ns since the query was due
  Bins bins;                          // by the time that queries were due
  uint64_t silence = 0;  // ns, from a lost query, across all lost ones that follow, to the next answered one
  double seconds = 0;    // duration of sending, from the first query
  Costs costs;

  void add(const Tally& other);
  [[nodiscard]] uint64_t not_sent() const { return due - sent; }
};

/// The longest run of bins for which `holds`, in bins; bins without a query neither count nor end it.
template <typename Holds>
[[nodiscard]] size_t longest_row(const Bins& bins, Holds holds) {
  size_t longest = 0, row = 0;
  for (const Bin& bin : bins) {
    if (bin.sent == 0) continue;
    row = holds(bin) ? row + 1 : 0;
    longest = std::max(longest, row);
  }
  return longest;
}

}  // namespace ptrd::load
