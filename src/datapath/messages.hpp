// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "datapath/counters.hpp"
#include "datapath/serving.hpp"
#include "policy/station.hpp"
#include "ptrd/answer/engine.hpp"

namespace ptrd::datapath {

using answer::kBurst;
using answer::Message;

/// The stations between a port's receive and send, each over the whole burst (invariant 3): all parsed, the
/// policy asked, the lookups walked side by side, all replies written, the limits applied.
class MessageStations {
 public:
  /// `replies[i]` is the outcome of `messages[i]`; both have at most kBurst elements. `client_of(i)` is the
  /// sender of `messages[i]`, asked for only if there is a policy. Counts samples, and what the policy did.
  template <typename ClientOf>
  void run(const Serving& serving, std::span<const Message> messages, answer::Transport transport,
           ClientOf&& client_of, std::span<answer::Reply> replies, Counters& counters) {
    const std::span queries = std::span(queries_).first(messages.size());
    const answer::Engine& engine = serving.engine;
    engine.parse(messages, transport, queries);
    counters.samples.take(queries);
    if (serving.policy != nullptr) [[unlikely]] {
      if (serving.policy->reads_clients()) {
        for (size_t i = 0; i < messages.size(); ++i) clients_[i] = client_of(i);
      }
      policy_.admit(*serving.policy, messages, clients(messages.size()), queries);
    }
    engine.walk(queries);
    engine.write(messages, queries, replies);
    if (serving.policy != nullptr && serving.policy->reads_replies()) [[unlikely]]
      limit(serving, messages, replies, counters.policy);
  }

 private:
  [[nodiscard]] std::span<const policy::Client> clients(size_t count) const {
    return std::span(clients_).first(count);
  }
  [[gnu::noinline]] void limit(const Serving& serving, std::span<const Message> messages,
                               std::span<answer::Reply> replies, PolicyCounters& counters) {
    const size_t count = messages.size();
    policy_.limit(*serving.policy, serving.engine, messages, clients(count), std::span(queries_).first(count),
                  replies.first(count));
    counters.set(policy_.counts());
  }

  policy::Station policy_;
  std::array<answer::Query, kBurst> queries_;
  std::array<policy::Client, kBurst> clients_;
};

}  // namespace ptrd::datapath
