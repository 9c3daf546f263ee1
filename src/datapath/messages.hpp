// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "policy/policy.hpp"
#include "ptrd/answer/engine.hpp"

namespace ptrd::datapath {

/// Messages at most that a worker takes at once: enough to hide a cache miss behind the others' work, few
/// enough that their headers stay in the first-level cache.
inline constexpr size_t kBurst = 32;

/// A DNS message in the buffer in which its reply is to stand.
struct Message {
  uint8_t* data = nullptr;
  uint32_t room = 0;  // bytes from `data` on, answer::kMinBuffer at least
  uint32_t size = 0;  // of the query
};

/// The stations between a port's receive and send, each over the whole burst (invariant 3): all parsed, the
/// policy asked, the lookups' lines fetched hop by hop, all replies written.
template <policy::Policy P>
class MessageStations {
 public:
  explicit MessageStations(P policy = {}) : policy_(std::move(policy)) {}

  /// `replies[i]` is what became of `messages[i]`; both at most kBurst long.
  void run(const answer::Engine& engine, std::span<const Message> messages,
           std::span<answer::Reply> replies) {
    const size_t count = messages.size();
    for (size_t i = 0; i < count; ++i) {
      engine.parse({messages[i].data, messages[i].room}, messages[i].size, answer::Transport::udp,
                   queries_[i]);
    }
    policy_.admit(std::span(queries_).first(count));
    walk(engine, count);
    for (size_t i = 0; i < count; ++i)
      replies[i] = engine.write({messages[i].data, messages[i].room}, queries_[i]);
  }

 private:
  void walk(const answer::Engine& engine, size_t count) {
    std::array<uint8_t, kBurst> active;
    size_t left = 0;
    for (size_t i = 0; i < count; ++i) {
      active[left] = static_cast<uint8_t>(i);
      left += engine.hop(queries_[i]) ? 1 : 0;
    }
    while (left > 0) {
      size_t still = 0;
      for (size_t i = 0; i < left; ++i) {
        const uint8_t q = active[i];
        active[still] = q;
        still += engine.hop(queries_[q]) ? 1 : 0;
      }
      left = still;
    }
  }

  P policy_;
  std::array<answer::Query, kBurst> queries_;
};

}  // namespace ptrd::datapath
