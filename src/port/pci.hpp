// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>
#include <string>

namespace ptrd::port {

/// A PCI device as the kernel lists it.
struct PciDevice {
  std::string address;    // "0000:01:00.0"
  std::string driver;     // that it is bound to; empty: none
  std::string interface;  // the kernel's first network interface of it; empty: none
  bool is_network = true;

  /// Whether it is bound to a driver that gives DPDK exclusive use of it.
  [[nodiscard]] bool is_for_user_space() const;
  /// "is bound to ixgbe" or "has no driver".
  [[nodiscard]] std::string bound() const;
};

/// "0000:01:00.0" for that or "01:00.0"; no value if it is not a PCI address.
[[nodiscard]] std::optional<std::string> parse_pci_address(const std::string& text);
/// No value: there is no such device. Reads `sys`.
[[nodiscard]] std::optional<PciDevice> find_pci_device(const std::string& address,
                                                       const std::string& sys = "/sys");

}  // namespace ptrd::port
