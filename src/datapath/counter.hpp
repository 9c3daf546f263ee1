// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>

namespace ptrd::datapath {

/// A count that one thread writes and others may read at any time: no locked instruction, no torn value.
class Counter {
 public:
  void add(uint64_t n) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void set(uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  [[nodiscard]] uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_ = 0;
};
static_assert(std::atomic<uint64_t>::is_always_lock_free && sizeof(Counter) == 8);

}  // namespace ptrd::datapath
