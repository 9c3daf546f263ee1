// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/transport/ends.hpp"

#include <netinet/in.h>

#include <charconv>
#include <cstring>

#include "port/address.hpp"

namespace ptrd::load {

tl::expected<Mac, std::string> parse_mac(const std::string& text) {
  Mac mac{};
  const char* p = text.data();
  const char* end = p + text.size();
  for (size_t i = 0; i < mac.size(); ++i) {
    const auto [next, error] = std::from_chars(p, end, mac[i], 16);
    const bool last = i + 1 == mac.size();
    if (error != std::errc() || next - p != 2 || (last ? next != end : next == end || *next != ':'))
      return tl::unexpected("'" + text + "' is not a MAC address; write it as 02:00:5e:10:00:01");
    p = next + 1;
  }
  return mac;
}

tl::expected<Ends, std::string> given_ends(const CrewOptions& options) {
  const auto server = port::parse_address(options.server);
  if (!server) return tl::unexpected(server.error());
  Ends ends;
  if (server->family() == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(server->storage);
    ends.server[10] = ends.server[11] = 0xFF;  // mapped
    std::memcpy(&ends.server[12], &v4.sin_addr, sizeof v4.sin_addr);
    ends.server_port = ntohs(v4.sin_port);
  } else {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(server->storage);
    std::memcpy(ends.server.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
    ends.server_port = ntohs(v6.sin6_port);
  }
  if (!options.source.empty()) {
    const auto source = port::parse_host_address(options.source);
    if (!source) return tl::unexpected("--source: " + source.error());
    const bool v4 = options.source.find(':') == std::string::npos;
    if (v4 != (server->family() == AF_INET))
      return tl::unexpected<std::string>("--source: not in the server's address family");
    ends.source = *source;
  }
  if (!options.mac.empty()) {
    const auto mac = parse_mac(options.mac);
    if (!mac) return tl::unexpected("--mac: " + mac.error());
    ends.next_hop = *mac;
  }
  return ends;
}

}  // namespace ptrd::load
