// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "datapath/counter.hpp"
#include "datapath/serving.hpp"
#include "policy/station.hpp"
#include "ptrd/answer/engine.hpp"

namespace ptrd::datapath {

using answer::kBurst;
using answer::Message;

/// What limits and cookies have done, for other threads to read.
struct PolicyCounters {
  Counter dropped;
  Counter slipped;
  Counter log_only;
  Counter cookies_valid;
  Counter cookies_new;
  Counter cookies_bad;

  void set(const policy::StationCounts& counts);
};

/// The stations between a port's receive and send, each over the whole burst (invariant 3): all parsed, the
/// policy asked, the lookups walked side by side, all replies written, the limits applied.
class MessageStations {
 public:
  /// `replies[i]` is the outcome of `messages[i]`; both have at most kBurst elements. `client_of(i)` is the
  /// sender of `messages[i]`, asked for only if there is a policy.
  template <typename ClientOf>
  void run(const Serving& serving, std::span<const Message> messages, answer::Transport transport,
           ClientOf&& client_of, std::span<answer::Reply> replies) {
    const std::span queries = std::span(queries_).first(messages.size());
    const answer::Engine& engine = serving.engine;
    engine.parse(messages, transport, queries);
    if (serving.policy != nullptr) [[unlikely]] {
      for (size_t i = 0; i < messages.size(); ++i) clients_[i] = client_of(i);
      policy_.admit(*serving.policy, messages, clients(messages.size()), queries);
    }
    engine.walk(queries);
    engine.write(messages, queries, replies);
    if (serving.policy != nullptr) [[unlikely]]
      limit(serving, messages, replies);
  }
  /// The first `count` messages of that run, as they were parsed.
  [[nodiscard]] std::span<const answer::Query> queries(size_t count) const {
    return std::span(queries_).first(count);
  }
  [[nodiscard]] const PolicyCounters& counters() const { return counters_; }

 private:
  [[nodiscard]] std::span<const policy::Client> clients(size_t count) const {
    return std::span(clients_).first(count);
  }
  [[gnu::noinline]] void limit(const Serving& serving, std::span<const Message> messages,
                               std::span<answer::Reply> replies) {
    const size_t count = messages.size();
    policy_.limit(*serving.policy, serving.engine, messages, clients(count), queries(count),
                  replies.first(count));
    counters_.set(policy_.counts());
  }

  policy::Station policy_;
  std::array<answer::Query, kBurst> queries_;
  std::array<policy::Client, kBurst> clients_;
  PolicyCounters counters_;
};

}  // namespace ptrd::datapath
