// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <sys/socket.h>

#include <string>
#include <tl/expected.hpp>

namespace ptrd::port {

/// An IP address and port as the kernel takes them.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] int family() const { return storage.ss_family; }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// "192.0.2.1:53" or "[2001:db8::1]:53"; numeric only, without name lookup. Error: a line that shows the
/// expected form.
[[nodiscard]] tl::expected<SocketAddress, std::string> parse_address(const std::string& where);

/// Why binding to `where` failed, from errno, and how to fix it.
[[nodiscard]] std::string bind_error(const std::string& where, int error);

}  // namespace ptrd::port
