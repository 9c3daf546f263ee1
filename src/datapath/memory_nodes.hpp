// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <functional>
#include <system_error>

namespace ptrd::datapath {

/// The memory nodes (NUMA) on whose CPUs this process may run, numbered from 0 without gaps.
class MemoryNodes {
 public:
  MemoryNodes() = default;
  MemoryNodes(const MemoryNodes&) = delete;
  MemoryNodes& operator=(const MemoryNodes&) = delete;
  virtual ~MemoryNodes() = default;

  /// At least 1.
  [[nodiscard]] virtual size_t count() const = 0;
  /// The node of the CPU that the calling thread is on at this moment; 0 where it is on none of them.
  [[nodiscard]] virtual size_t here() const = 0;
  /// Calls `work` in this thread. The memory that it touches first, and that threads it makes touch first,
  /// comes from `node` while there is some. Error: the system refuses that; `work` was called all the same,
  /// and its memory is good, but from anywhere.
  [[nodiscard]] virtual std::error_code on(size_t node, const std::function<void()>& work) const = 0;
};

}  // namespace ptrd::datapath
