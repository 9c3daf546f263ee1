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
  std::string exception;           // the interface by which all but DNS queries reach the kernel; empty: none
  std::vector<port::InterfaceAddress> addresses;  // that interface's; without one, to answer for
  unsigned mbufs = 0;                             // in the port's pool; 0: as many as its queues need
  datapath::IdlePolicy idle;                      // poll by default
};

/// The interface for exceptions unless the operator names one: "ptrd0" for a card, which has no other way to
/// the kernel, and wherever addresses are given for it; none ("") for a vdev, whose interface is mostly the
/// kernel's as well.
[[nodiscard]] std::string default_exception(const std::string& device, bool has_addresses);

/// Starts DPDK, takes the port over, and makes a worker for each of its queues. Error: a line that says how
/// to fix it.
[[nodiscard]] tl::expected<std::unique_ptr<Service>, std::string> open_dpdk(const DpdkOptions& options,
                                                                            datapath::EngineSlot& engine);

}  // namespace ptrd::service
