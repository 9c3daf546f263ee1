// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

// What the text of a DPDK device says, without DPDK: a PCI address, or a driver, each with arguments behind a
// comma.
namespace ptrd::port {

/// Whether `device` is a driver with arguments rather than a card's PCI address.
[[nodiscard]] bool is_vdev(const std::string& device);

/// The kernel interface whose frames a vdev receives (iface= of net_af_xdp, net_af_packet and net_pcap, or
/// net_pcap's rx_iface= and rx_iface_in=); empty: none.
[[nodiscard]] std::string kernel_interface_of(const std::string& device);

/// Checks what DPDK would report in a misleading way. Error: a line with the cause and how to fix it.
[[nodiscard]] tl::expected<void, std::string> check_device(const std::string& device,
                                                           const std::string& sys = "/sys");

/// Why DPDK has started but has no port for `device`, and how to fix it.
[[nodiscard]] std::string why_no_port(const std::string& device, const std::string& sys = "/sys");

}  // namespace ptrd::port
