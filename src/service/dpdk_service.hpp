// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "datapath/worker.hpp"
#include "port/tap_interface.hpp"
#include "service/service.hpp"

namespace ptrd::service {

struct DpdkOptions {
  std::string device;              // PCI address or vdev string
  std::vector<unsigned> cpus;      // one worker each; empty: one worker, on the last CPU
  std::vector<std::string> extra;  // arguments for DPDK's EAL
  std::string exception;           // interface to the kernel for everything except DNS; empty: none
  std::vector<port::InterfaceAddress> addresses;  // of that interface; without one, to answer for
  unsigned mbufs = 0;                             // in the port's pool; 0: as many as its queues need
  datapath::IdlePolicy idle;                      // poll by default
};

/// The default exception interface: "ptrd0" for a card, which has no other path to the kernel, and whenever
/// addresses are configured for it; none ("") for a vdev, whose interface is usually in the kernel as well.
[[nodiscard]] std::string default_exception(const std::string& device, bool has_addresses);

/// Starts DPDK, takes over the port, and creates a worker for each of its queues. Error: a line that says how
/// to fix it.
[[nodiscard]] tl::expected<std::unique_ptr<Service>, std::string> open_dpdk(const DpdkOptions& options,
                                                                            datapath::EngineSlot& engine);

}  // namespace ptrd::service
