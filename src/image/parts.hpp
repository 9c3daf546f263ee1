// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <exception>
#include <span>
#include <vector>

#include "ptrd/image/image.hpp"

namespace ptrd::image {

/// Many more than there are CPUs, since parts differ in size, and small, since an Executor may pause between
/// them.
inline constexpr size_t kMaxParts = 1024;

/// Runs `work(part, items of the part)` for up to `kMaxParts` parts of `items`; rethrows the exception of the
/// first part that threw.
template <typename Item, typename Work>
void run_parts(std::span<Item> items, const Executor& run, const Work& work) {
  const size_t parts = std::min(items.size(), kMaxParts);
  std::vector<std::exception_ptr> failures(parts);
  run(parts, [&](size_t part) {
    const size_t first = part * items.size() / parts;
    try {
      work(part, items.subspan(first, (part + 1) * items.size() / parts - first));
    } catch (...) {
      failures[part] = std::current_exception();
    }
  });
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace ptrd::image
