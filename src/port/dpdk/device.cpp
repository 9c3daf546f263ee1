// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/dpdk/device.hpp"

#include <fmt/core.h>
#include <net/if.h>

#include <optional>
#include <sstream>
#include <string_view>

#include "port/pci.hpp"

namespace ptrd::port {

namespace {

/// Without the arguments.
std::string name_of(const std::string& device) {
  return device.substr(0, device.find(','));
}

}  // namespace

bool is_vdev(const std::string& device) {
  return device.starts_with("net_") || device.starts_with("eth_");
}

std::string kernel_interface_of(const std::string& device) {
  std::istringstream parts(device);
  std::string driver;
  std::getline(parts, driver, ',');
  const auto is = [&](std::string_view name) {
    return driver.starts_with("net_" + std::string(name)) || driver.starts_with("eth_" + std::string(name));
  };
  const bool pcap = is("pcap");
  if (!pcap && !is("af_xdp") && !is("af_packet")) return {};
  for (std::string part; std::getline(parts, part, ',');) {
    const std::string key = part.substr(0, part.find('='));
    if (key.size() == part.size()) continue;
    if (key == "iface" || (pcap && (key == "rx_iface" || key == "rx_iface_in")))
      return part.substr(key.size() + 1);
  }
  return {};
}

tl::expected<void, std::string> check_device(const std::string& device, const std::string& sys) {
  if (const std::string interface = kernel_interface_of(device);
      !interface.empty() && if_nametoindex(interface.c_str()) == 0)
    return tl::unexpected(fmt::format("{}: no such interface; list them with ip link", interface));
  if (is_vdev(device)) return {};
  const std::string name = name_of(device);
  if (const auto address = parse_pci_address(name)) {
    if (find_pci_device(*address, sys)) return {};
    return tl::unexpected(name + ": no such PCI device; list them with lspci -D");
  }
  if (if_nametoindex(name.c_str()) != 0) {
    return tl::unexpected(
        fmt::format("{0} is an interface; for DPDK give the PCI address of a card bound to vfio-pci, or "
                    "net_af_xdp0,iface={0}; or use --xdp {0}",
                    name));
  }
  return {};
}

std::string why_no_port(const std::string& device, const std::string& sys) {
  if (is_vdev(device)) return "DPDK's driver refuses it; check its arguments";
  const auto address = parse_pci_address(name_of(device));
  const auto card = address ? find_pci_device(*address, sys) : std::nullopt;
  if (!card) return "DPDK has no port for that device";
  if (!card->is_network) return "that PCI device is not a network card; lspci -D lists them";
  if (card->is_for_user_space())
    return "DPDK has no driver for that card, or cannot open it, though it " + card->bound();
  return fmt::format("that card {}; bind it to vfio-pci: dpdk-devbind.py --bind=vfio-pci {}{}", card->bound(),
                     card->address,
                     card->interface.empty() ? "" : ", or leave it to the kernel: --xdp " + card->interface);
}

}  // namespace ptrd::port
