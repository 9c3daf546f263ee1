// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tl/expected.hpp>

#include "ptrd/frame/own_addresses.hpp"

struct ifreq;  // net/if.h

namespace ptrd::port {

/// Whether an interface can receive.
enum class Link : uint8_t {
  up,
  down,        // not set up
  no_carrier,  // set up, without a cable or a peer
};

/// A kernel network interface, as it was when it was looked up.
struct Interface {
  std::string name;
  unsigned index = 0;
  unsigned mtu = 0;     // bytes, without the Ethernet header
  unsigned queues = 0;  // receive queues, each with a send queue of the same number

  /// Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<Interface, std::string> find(const std::string& name);
  /// Whether the interface still exists, under any name.
  [[nodiscard]] bool exists() const;
  /// Whether it is up now; also `up` if it no longer exists.
  [[nodiscard]] Link link() const;
};

/// A request of ioctl (netdevice(7)) about the interface.
[[nodiscard]] ifreq request_for(const std::string& name);

/// An address in network order; IPv4 in its mapped form (RFC 4291, section 2.5.5.2).
using Address = std::array<uint8_t, 16>;
using Addresses = std::set<Address>;

/// "192.0.2.1" or "2001:db8::1". Error: what is wrong with it.
[[nodiscard]] tl::expected<Address, std::string> parse_host_address(const std::string& text);

/// The addresses of frames to an interface's own host.
struct LinkAddresses {
  std::optional<frame::Mac> mac;  // none: not an Ethernet interface, or gone
  Addresses addresses;
  bool operator==(const LinkAddresses&) const = default;
};

/// The current addresses of the interface, both empty if it is gone; no value if the query to the kernel
/// failed.
[[nodiscard]] std::optional<LinkAddresses> addresses_of(const Interface& interface);

}  // namespace ptrd::port
