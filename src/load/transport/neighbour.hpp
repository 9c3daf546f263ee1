// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "load/transport/ends.hpp"
#include "port/interface.hpp"

namespace ptrd::load {

/// The MAC address of an interface, from the kernel. Error: a line that names it.
[[nodiscard]] tl::expected<Mac, std::string> mac_of(const port::Interface& interface);

/// The address from which the kernel would query the server through that interface. Error: it has none.
[[nodiscard]] tl::expected<port::Address, std::string> source_for(const port::Interface& interface,
                                                                  const port::Address& server);

/// The MAC address to which the kernel would send packets for the server: its own, or a router's. Makes the
/// kernel resolve it (ARP, RFC 4861) and waits up to two seconds. Error: a line that says how to fix it.
[[nodiscard]] tl::expected<Mac, std::string> next_hop_of(const port::Interface& interface,
                                                         const port::Address& server);

}  // namespace ptrd::load
