// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "policy/rule.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::policy {

/// A query that matched a rule with the action log.
struct Hit {
  RuleNumber rule = 0;
  uint32_t time = 0;  // seconds since 1970
  uint16_t type = 0;
  bool ipv6 = false;
  uint8_t name_size = 0;  // 0: the query has no question
  std::array<uint8_t, 16> client;
  std::array<uint8_t, wire::kMaxName> name;  // uncompressed
};

/// Hits on their way from one station to the thread that logs them: a bounded queue with one producer and one
/// consumer, without locks. What finds it full is only counted.
class HitRing {
 public:
  static constexpr size_t kSize = 64;  // hits; a power of two

  /// The producer: has `fill(hit)` write a hit, if there is room.
  template <typename Fill>
  void add(Fill fill) {
    const uint32_t written = written_.load(std::memory_order_relaxed);
    if (written - read_.load(std::memory_order_acquire) == kSize) {
      lost_.store(lost_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      return;
    }
    fill(hits_[written % kSize]);
    written_.store(written + 1, std::memory_order_release);
  }

  /// The consumer: calls `visit(hit)` for those that are there.
  template <typename Visit>
  void take(Visit visit) {
    const uint32_t written = written_.load(std::memory_order_acquire);
    uint32_t read = read_.load(std::memory_order_relaxed);
    while (read != written) {
      visit(static_cast<const Hit&>(hits_[read % kSize]));
      read_.store(++read, std::memory_order_release);
    }
  }
  /// Hits that found no room, so far.
  [[nodiscard]] uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  alignas(64) std::atomic<uint32_t> written_{0};
  std::atomic<uint64_t> lost_{0};
  alignas(64) std::atomic<uint32_t> read_{0};
  std::array<Hit, kSize> hits_;
};

}  // namespace ptrd::policy
