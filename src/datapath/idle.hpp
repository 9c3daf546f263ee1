// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>

namespace ptrd::datapath {

/// What a worker does when there is no traffic.
enum class Idle : uint8_t {
  poll,       // keeps polling: the lowest latency, at the cost of a whole CPU
  pause,      // rests after `empty_polls` empty polls, until a frame comes or for a short time
  interrupt,  // DPDK: the same, until the card's interrupt
};

struct IdlePolicy {
  std::optional<Idle> idle;  // none: the port's own choice
  /// Empty polls before a rest: about 80 microseconds over AF_XDP. Under steady load a rest costs more than
  /// it saves, as each one ends with an interrupt on the sender's CPU: with 1,000 polls dnsperf got 0.65 of
  /// the answers.
  uint32_t empty_polls = 20000;
  bool operator==(const IdlePolicy&) const = default;
};

/// Counts consecutive empty polls against the policy's limit.
class IdleWatch {
 public:
  IdleWatch(const IdlePolicy& policy, Idle of_port)
      : pauses_(policy.idle.value_or(of_port) != Idle::poll), limit_(policy.empty_polls) {}
  void busy() { empty_ = 0; }
  /// To be called after an empty poll: whether it is time to rest.
  [[nodiscard]] bool rests() {
    if (!pauses_) return false;
    if (empty_ < limit_) ++empty_;
    return empty_ == limit_;
  }

 private:
  bool pauses_;
  uint32_t limit_;
  uint32_t empty_ = 0;
};

}  // namespace ptrd::datapath
