// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace ptrd::port {

/// An address of an interface with its prefix length.
struct InterfaceAddress {
  std::array<uint8_t, 16> bytes = {};  // network order; IPv4 in the first four
  bool ipv6 = false;
  uint8_t prefix = 0;  // bits
  std::string text;    // as given
};

/// "192.0.2.1/24" or "2001:db8::1/64"; without a length a single address (/32, /128). Error: what is wrong
/// with it.
[[nodiscard]] tl::expected<InterfaceAddress, std::string> parse_interface_address(const std::string& text);

/// Error: why the kernel would reject `name` as an interface name.
[[nodiscard]] tl::expected<void, std::string> check_interface_name(const std::string& name);

/// Settings for a kernel interface.
struct InterfaceSettings {
  std::optional<std::array<uint8_t, 6>> mac;  // none: unchanged
  uint16_t mtu = 1500;                        // bytes after the Ethernet header
  std::vector<InterfaceAddress> addresses;
};

/// Gives interface `name` its MAC, MTU and addresses and brings it up. Its addresses can be used at once:
/// duplicate address detection is off, as otherwise a server could not bind to them for a second or two.
/// Needs CAP_NET_ADMIN. Error: a line that says how to fix it.
[[nodiscard]] tl::expected<void, std::string> set_up_interface(const std::string& name,
                                                               const InterfaceSettings& settings);

}  // namespace ptrd::port
