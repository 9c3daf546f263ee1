// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "service/service.hpp"
#include "service/socket_service.hpp"
#include "service/xdp_service.hpp"

namespace ptrd::service {

/// What `ptrd --auto WHERE` starts from.
struct AutoChoice {
  std::string device;        // a PCI address for DPDK; empty: `interface` it is
  std::string interface;     // for AF_XDP, or kernel sockets on its addresses
  std::string why_not_dpdk;  // a clause; empty where DPDK it is
};

/// Settles what `where` is: DPDK for a PCI address whose card is bound to a driver for user space (vfio-pci),
/// else the interface, or the card's. Looks into `sys`, nothing is opened. Error: a line that says how to
/// fix it.
[[nodiscard]] tl::expected<AutoChoice, std::string> choose_driver(const std::string& where,
                                                                  const std::string& sys = "/sys");

/// AF_XDP on `choice.interface`, or where that does not work kernel sockets at port 53 of its addresses
/// (link-local ones left out). Logs in one line which, and why nothing better. Error: why not even sockets.
[[nodiscard]] tl::expected<std::unique_ptr<Service>, std::string> open_xdp_or_sockets(
    const AutoChoice& choice, XdpOptions xdp, SocketOptions sockets, datapath::EngineSlot& engine);

}  // namespace ptrd::service
