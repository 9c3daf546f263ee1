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

  /// The number of nodes, at least 1.
  [[nodiscard]] virtual size_t count() const = 0;
  /// The node of the CPU that the calling thread is on now; 0 if it is on none of them.
  [[nodiscard]] virtual size_t here() const = 0;
  /// Calls `work` in this thread. Memory first touched by it, or by threads that it starts, comes from `node`
  /// as long as some is free there. Error: the system refused this; `work` was called anyway, with valid
  /// memory, but from any node.
  [[nodiscard]] virtual std::error_code on(size_t node, const std::function<void()>& work) const = 0;
};

}  // namespace ptrd::datapath
