// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "policy/policy.hpp"

namespace ptrd::policy {

/// How often each rule matched in one station, which alone writes it.
struct alignas(64) Policy::Counts {
  void resize(size_t rules) { hits_ = std::make_unique<std::atomic<uint64_t>[]>(rules); }
  /// Returns how often it has matched with this.
  uint64_t hit(RuleNumber rule) {
    auto& count = hits_[rule];
    const uint64_t hits = count.load(std::memory_order_relaxed) + 1;
    count.store(hits, std::memory_order_relaxed);
    return hits;
  }
  [[nodiscard]] uint64_t hits(RuleNumber rule) const { return hits_[rule].load(std::memory_order_relaxed); }

 private:
  std::unique_ptr<std::atomic<uint64_t>[]> hits_;
};

}  // namespace ptrd::policy
