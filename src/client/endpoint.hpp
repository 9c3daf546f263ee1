// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <asio/ip/address.hpp>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "ptrd/wire/arpa.hpp"

namespace ptrd::client {

/// An address and a port, for any transport.
class Endpoint {
 public:
  Endpoint() = default;
  Endpoint(const asio::ip::address& address, uint16_t port) : address_(address), port_(port) {}

  [[nodiscard]] const asio::ip::address& address() const { return address_; }
  [[nodiscard]] uint16_t port() const { return port_; }
  bool operator==(const Endpoint&) const = default;

 private:
  asio::ip::address address_;
  uint16_t port_ = 0;
};

/// Parses the address of a server: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`.
/// Error: a sentence fragment.
[[nodiscard]] tl::expected<Endpoint, std::string> endpoint_of_text(const std::string& text,
                                                                   uint16_t default_port = 53);

/// Converts a whole key to asio's form, and back.
[[nodiscard]] asio::ip::address address_of(const wire::AddressKey& key);
[[nodiscard]] wire::AddressKey key_of(const asio::ip::address& address);

}  // namespace ptrd::client
