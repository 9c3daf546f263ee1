// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <cstddef>

#include "ptrd/answer/engine.hpp"

namespace ptrd::answer {

/// The work that one message may take in the general part. Everything that a zone or a message can make long
/// is charged here: reading the query's records, searches, proofs, records and names written. A reply that
/// would need more is sent without records and with TC, and the client asks over TCP, where turns are fair in
/// time and nothing is charged. Addresses that a reply may do without are left out instead.
///
/// One step is about 64 instructions. Work is charged before it is done, where its size is known then.
class Budget {
 public:
  /// In a datagram: with what every message takes, 20 times the work for a plain hit at most
  /// (tests/e2e/test_message_cost.py).
  static constexpr unsigned kUdp = 177;

  /// `spent`: steps that reading the query has taken.
  Budget(Transport transport, unsigned spent)
      : left_(transport == Transport::udp ? kUdp - std::min(spent, kUdp) : kEndless) {}

  /// Takes steps. False: there are not so many left, and now none.
  [[nodiscard]] bool take(size_t steps) {
    const bool enough = steps <= left_;
    left_ = enough ? left_ - steps : 0;
    return enough;
  }
  /// The number of steps left.
  [[nodiscard]] size_t left() const { return left_; }
  /// Whether all that follows is refused.
  [[nodiscard]] bool is_spent() const { return left_ == 0; }

 private:
  /// More than a message of 65,535 octets can take.
  static constexpr size_t kEndless = size_t{1} << 40;

  size_t left_;
};

}  // namespace ptrd::answer
