// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "ptrd/answer/engine.hpp"

namespace ptrd::answer {

/// Queries of a burst that wait for the same kind of step.
struct QueryList {
  std::array<Query*, kBurst> query;  // uninitialised until used
  size_t count = 0;

  [[gnu::always_inline]] void add(Query& one) { query[count++] = &one; }
  /// Adds a query with the memory that it waits for, which is prefetched.
  [[gnu::always_inline]] void add(Query& one, const void* step) {
    __builtin_prefetch(step);
    one.step = step;
    add(one);
  }
  /// Calls `work` with each query; `work` may add it again.
  template <typename Work>
  [[gnu::always_inline]] void take(const Work& work) {
    const size_t all = std::exchange(count, 0);
    for (size_t i = 0; i < all; ++i) work(*query[i]);
  }
};

}  // namespace ptrd::answer
