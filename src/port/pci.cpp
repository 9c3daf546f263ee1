// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/pci.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

namespace ptrd::port {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kForUserSpace = {"vfio-pci", "igb_uio", "uio_pci_generic"};

std::string interface_of(const fs::path& card) {
  std::error_code none;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(card / "net", none))
    names.push_back(entry.path().filename());
  // virtio has a device between the card and its interface.
  for (const auto& part : fs::directory_iterator(card, none)) {
    if (part.path().filename().string().starts_with("virtio"))
      for (const auto& entry : fs::directory_iterator(part.path() / "net", none))
        names.push_back(entry.path().filename());
  }
  return names.empty() ? std::string() : *std::min_element(names.begin(), names.end());
}

/// Whether the device's class is that of network controllers (PCI Code and ID Assignment, 1.3); true if it is
/// unknown.
bool is_network_class(const fs::path& card) {
  std::string text;
  return !(std::ifstream(card / "class") >> text) || text.starts_with("0x02");
}

}  // namespace

bool PciDevice::is_for_user_space() const {
  return std::find(kForUserSpace.begin(), kForUserSpace.end(), driver) != kForUserSpace.end();
}

std::string PciDevice::bound() const {
  return driver.empty() ? "has no driver" : "is bound to " + driver;
}

std::optional<std::string> parse_pci_address(const std::string& text) {
  unsigned domain = 0, bus = 0, slot = 0, function = 0;
  int read = 0;
  const auto whole = [&] { return static_cast<size_t>(read) == text.size(); };
  if (std::sscanf(text.c_str(), "%4x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function, &read) != 4 ||
      !whole()) {
    domain = 0;
    if (std::sscanf(text.c_str(), "%2x:%2x.%1x%n", &bus, &slot, &function, &read) != 3 || !whole())
      return std::nullopt;
  }
  return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", domain, bus, slot, function);
}

std::optional<PciDevice> find_pci_device(const std::string& address, const std::string& sys) {
  const fs::path card = fs::path(sys) / "bus/pci/devices" / address;
  std::error_code none;
  if (!fs::exists(card, none)) return std::nullopt;
  return PciDevice{.address = address,
                   .driver = fs::read_symlink(card / "driver", none).filename(),
                   .interface = interface_of(card),
                   .is_network = is_network_class(card)};
}

}  // namespace ptrd::port
