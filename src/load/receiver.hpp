// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "load/plan.hpp"
#include "load/tally.hpp"
#include "load/transport.hpp"

namespace ptrd::load {

/// Matches replies to their queries, and counts them in the tally of the thread that took them.
class Receiver {
 public:
  Receiver(Load& load, Progress& progress, Tally& tally);

  /// `now` in ns since the load's start.
  void take(const Incoming& incoming, int64_t now);
  /// The bin of queries due at that time; null when there are no bins.
  [[nodiscard]] Bin* bin_of(int64_t due);

 private:
  void answered(const Outstanding::Found& found, wire::Bytes reply, size_t image, int64_t now);

  Load& load_;
  Progress& progress_;
  Tally& tally_;
};

}  // namespace ptrd::load
