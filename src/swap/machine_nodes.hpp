// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <vector>

#include "datapath/memory_nodes.hpp"

namespace ptrd::swap {

/// The memory nodes of this machine, as the kernel lists them.
class MachineNodes : public datapath::MemoryNodes {
 public:
  /// Looks at `folder` (`node0/cpulist`, `node1/cpulist`, ..., `has_memory`) and at the CPUs that the calling
  /// thread may run on. A node without memory of its own does not count. One node where the kernel lists
  /// none.
  explicit MachineNodes(const std::string& folder = "/sys/devices/system/node");

  [[nodiscard]] size_t count() const override { return numbers_.size(); }
  [[nodiscard]] size_t here() const override;
  /// On one node `work` is called and nothing else.
  [[nodiscard]] std::error_code on(size_t node, const std::function<void()>& work) const override;
  /// The kernel's number of each, in ascending order.
  [[nodiscard]] const std::vector<unsigned>& numbers() const { return numbers_; }

 private:
  std::vector<unsigned> numbers_;
};

/// As they were at the first call. That must come before anything narrows down the main thread's CPUs, as EAL
/// does.
[[nodiscard]] const MachineNodes& machine_nodes();

}  // namespace ptrd::swap
