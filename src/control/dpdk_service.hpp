// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/service.hpp"
#include "datapath/worker.hpp"

namespace ptrd::control {

struct DpdkOptions {
  std::string device;              // PCI address or vdev string
  std::vector<unsigned> cpus;      // one worker each; empty: one worker, on the last CPU
  std::vector<std::string> extra;  // arguments for DPDK's EAL
};

/// Starts DPDK, takes the port over, and makes a worker for each of its queues. Error: a line that says how
/// to mend it.
[[nodiscard]] tl::expected<std::unique_ptr<Service>, std::string> open_dpdk(const DpdkOptions& options,
                                                                            datapath::EngineSlot& engine);

}  // namespace ptrd::control
