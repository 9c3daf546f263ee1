// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "client/endpoint.hpp"

#include <algorithm>
#include <charconv>

namespace ptrd::client {

tl::expected<Endpoint, std::string> endpoint_of_text(const std::string& text, uint16_t default_port) {
  std::string host = text;
  uint16_t port = default_port;
  const bool bracketed = !text.empty() && text.front() == '[';
  const size_t colon = text.rfind(':');
  const bool has_port = bracketed ? colon != text.npos && colon > 0 && text[colon - 1] == ']'
                                  : std::count(text.begin(), text.end(), ':') == 1;
  if (has_port) {
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data() + colon + 1, end, port);
    if (error != std::errc() || at != end || port == 0)
      return tl::unexpected("'" + text + "' has no port from 1 to 65535 after the colon");
    host = text.substr(0, colon);
  }
  if (bracketed) {
    if (host.back() != ']') return tl::unexpected("'" + text + "' has no closing bracket");
    host = host.substr(1, host.size() - 2);
  }
  const auto key = wire::key_of_address(host);
  if (!key) return tl::unexpected("'" + host + "' is not an IPv4 or IPv6 address");
  return Endpoint(address_of(*key), port);
}

asio::ip::address address_of(const wire::AddressKey& key) {
  if (key.family == wire::Family::v6) return asio::ip::address_v6(key.address);
  asio::ip::address_v4::bytes_type octets;
  std::copy_n(key.address.begin(), octets.size(), octets.begin());
  return asio::ip::address_v4(octets);
}

wire::AddressKey key_of(const asio::ip::address& address) {
  wire::AddressKey key;
  if (address.is_v4()) {
    key.units = 4;
    const auto octets = address.to_v4().to_bytes();
    std::copy(octets.begin(), octets.end(), key.address.begin());
  } else {
    key.family = wire::Family::v6;
    key.units = 32;
    const auto octets = address.to_v6().to_bytes();
    std::copy(octets.begin(), octets.end(), key.address.begin());
  }
  return key;
}

}  // namespace ptrd::client
