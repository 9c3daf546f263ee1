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
  /// Reads `folder` (`node0/cpulist`, `node1/cpulist`, ..., `has_memory`) and the CPUs that the calling
  /// thread may run on. A node without memory does not count. One node if the kernel lists none.
  explicit MachineNodes(const std::string& folder = "/sys/devices/system/node");

  [[nodiscard]] size_t count() const override { return numbers_.size(); }
  [[nodiscard]] size_t here() const override;
  /// With a single node, `work` is simply called.
  [[nodiscard]] std::error_code on(size_t node, const std::function<void()>& work) const override;
  /// The kernel's number of each, ascending.
  [[nodiscard]] const std::vector<unsigned>& numbers() const { return numbers_; }

 private:
  std::vector<unsigned> numbers_;
};

/// The nodes at the first call, which must come before anything restricts the main thread's CPUs, as EAL
/// does.
[[nodiscard]] const MachineNodes& machine_nodes();

}  // namespace ptrd::swap
