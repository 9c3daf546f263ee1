// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "policy/policy.hpp"
#include "ptrd/answer/engine.hpp"

namespace ptrd::datapath {

using answer::kBurst;
using answer::Message;

/// The stations between a port's receive and send, each over the whole burst (invariant 3): all parsed, the
/// policy asked, the lookups walked side by side, all replies written.
template <policy::Policy P>
class MessageStations {
 public:
  explicit MessageStations(P policy = {}) : policy_(std::move(policy)) {}

  /// `replies[i]` is the outcome of `messages[i]`; both have at most kBurst elements.
  void run(const answer::Engine& engine, std::span<const Message> messages,
           std::span<answer::Reply> replies) {
    const std::span queries = std::span(queries_).first(messages.size());
    engine.parse(messages, answer::Transport::udp, queries);
    policy_.admit(queries);
    engine.walk(queries);
    engine.write(messages, queries, replies);
  }
  /// The first `count` messages of that run, as they were parsed.
  [[nodiscard]] std::span<const answer::Query> queries(size_t count) const {
    return std::span(queries_).first(count);
  }

 private:
  P policy_;
  std::array<answer::Query, kBurst> queries_;
};

}  // namespace ptrd::datapath
