// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/address.hpp"

#include <netdb.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

namespace ptrd::port {

namespace {

tl::expected<std::pair<std::string, std::string>, std::string> split(const std::string& where) {
  const size_t colon = where.rfind(':');
  const bool bracketed = where.starts_with('[');
  if (colon == std::string::npos || (bracketed && (colon == 0 || where[colon - 1] != ']')) ||
      (!bracketed && where.find(':') != colon)) {
    return tl::unexpected<std::string>(
        "'" + where + "' is not an address and port; write 192.0.2.1:53 or [2001:db8::1]:53");
  }
  unsigned port = 0;
  const char* end = where.data() + where.size();
  const auto [next, error] = std::from_chars(where.data() + colon + 1, end, port);
  if (error != std::errc() || next != end || port > 65535) {
    return tl::unexpected<std::string>("'" + where + "': a port is a number up to 65535");
  }
  const std::string host = bracketed ? where.substr(1, colon - 2) : where.substr(0, colon);
  return std::pair(host, where.substr(colon + 1));
}

}  // namespace

tl::expected<SocketAddress, std::string> parse_address(const std::string& where) {
  const auto parts = split(where);
  if (!parts) return tl::unexpected<std::string>(parts.error());
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  const char* host = parts->first.empty() ? nullptr : parts->first.c_str();
  if (getaddrinfo(host, parts->second.c_str(), &hints, &found) != 0) {
    return tl::unexpected<std::string>(
        "'" + where + "' is not an address and port; write 192.0.2.1:53 or [2001:db8::1]:53");
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> first(found, freeaddrinfo);
  SocketAddress address;
  std::memcpy(&address.storage, first->ai_addr, first->ai_addrlen);
  address.size = first->ai_addrlen;
  if (const auto* v6 = reinterpret_cast<const sockaddr_in6*>(first->ai_addr);
      address.family() == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr) && v6->sin6_scope_id == 0) {
    return tl::unexpected("'" + where +
                          "': a link-local address needs its interface, as in [fe80::1%eth0]:53");
  }
  return address;
}

std::string bind_error(const std::string& where, int error) {
  std::string text = where + ": " + std::strerror(error);
  if (error == EACCES) text += "; ports below 1024 need root or CAP_NET_BIND_SERVICE; or use another port";
  if (error == EADDRINUSE) text += "; another server is using that port (ss -lnp shows it)";
  if (error == EADDRNOTAVAIL) text += "; no interface of this machine has that address";
  return text;
}

}  // namespace ptrd::port
