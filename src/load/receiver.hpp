// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>

#include "load/plan.hpp"
#include "load/tally.hpp"
#include "load/transport.hpp"

namespace ptrd::load {

/// Matches replies to their queries, and counts them in the tally of the receiving thread.
class Receiver {
 public:
  Receiver(Load& load, Progress& progress, Tally& tally);

  /// Replies that were received together, some time before `now` (ns since the load's start).
  void take(std::span<const Incoming> replies, int64_t now);
  /// The bin of queries due at that time; null if there are no bins.
  [[nodiscard]] Bin* bin_of(int64_t due);

 private:
  /// A reply with a candidate query.
  struct Match {
    Outstanding* outstanding = nullptr;
    Outstanding::Found found;
    Numbering::Mark mark;
    wire::Bytes reply;
    Verdict verdict{};
    size_t image = 0;
  };

  void take_batch(std::span<const Incoming> replies, int64_t now);
  [[nodiscard]] size_t match(std::span<const Incoming> replies);
  void count(const Match& match, int64_t now);
  void answered(const Match& match, int64_t now);

  Load& load_;
  Progress& progress_;
  Tally& tally_;
  std::array<Match, kReceiveBatch> matches_;
};

}  // namespace ptrd::load
