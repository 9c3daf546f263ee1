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

/// The choice for `ptrd --auto WHERE`.
struct AutoChoice {
  std::string device;        // a PCI address for DPDK; empty: use `interface`
  std::string interface;     // for AF_XDP, or kernel sockets on its addresses
  std::string why_not_dpdk;  // a clause; empty if DPDK is used
};

/// Decides by `where`: DPDK for a PCI address whose card is bound to a driver for user space (vfio-pci),
/// otherwise the interface, or that of the card. Reads `sys`; opens no port. Error: a line that says how to
/// fix it.
[[nodiscard]] tl::expected<AutoChoice, std::string> choose_driver(const std::string& where,
                                                                  const std::string& sys = "/sys");

/// Opens AF_XDP on `choice.interface`, or if that fails kernel sockets at port 53 of its addresses (except
/// link-local ones). Logs one line with the choice and why nothing better is used. Error: why even sockets
/// failed.
[[nodiscard]] tl::expected<std::unique_ptr<Service>, std::string> open_xdp_or_sockets(
    const AutoChoice& choice, XdpOptions xdp, SocketOptions sockets, datapath::EngineSlot& engine);

}  // namespace ptrd::service
