// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/interface.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "port/descriptor.hpp"

namespace ptrd::port {

namespace {

Address mapped(const in_addr& v4) {
  Address address{};
  address[10] = address[11] = 0xFF;
  std::memcpy(&address[12], &v4, sizeof v4);
  return address;
}

Address plain(const in6_addr& v6) {
  Address address;
  std::memcpy(address.data(), &v6, sizeof v6);
  return address;
}

}  // namespace

ifreq request_for(const std::string& name) {
  ifreq request{};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  return request;
}

tl::expected<Interface, std::string> Interface::find(const std::string& name) {
  Interface found{.name = name, .index = if_nametoindex(name.c_str())};
  if (found.index == 0)
    return tl::unexpected<std::string>(name + ": no such interface; list them with ip link");
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request = request_for(name);
  if (ioctl(socket.get(), SIOCGIFMTU, &request) == 0) found.mtu = static_cast<unsigned>(request.ifr_mtu);

  request = request_for(name);
  if (ioctl(socket.get(), SIOCGIFHWADDR, &request) == 0 && request.ifr_hwaddr.sa_family != ARPHRD_ETHER &&
      request.ifr_hwaddr.sa_family != ARPHRD_LOOPBACK) {
    return tl::unexpected<std::string>(
        name + ": not an Ethernet interface; AF_XDP here needs one, kernel sockets do not");
  }

  ethtool_channels channels{};
  channels.cmd = ETHTOOL_GCHANNELS;
  request = request_for(name);
  request.ifr_data = reinterpret_cast<char*>(&channels);
  if (ioctl(socket.get(), SIOCETHTOOL, &request) != 0) {
    found.queues = 1;  // a driver that does not support the query has a single queue
    return found;
  }
  found.queues = std::max(1U, channels.combined_count + channels.rx_count);
  const unsigned send_queues = std::max(1U, channels.combined_count + channels.tx_count);
  // Each worker sends on the queue with the same number as its receive queue.
  if (send_queues < found.queues) {
    return tl::unexpected<std::string>(
        name + " has " + std::to_string(found.queues) + " receive queues but " + std::to_string(send_queues) +
        " to send on; make the numbers equal: ethtool -L " + name + " rx " + std::to_string(send_queues));
  }
  return found;
}

bool Interface::exists() const {
  char name_now[IF_NAMESIZE];
  return if_indextoname(index, name_now) != nullptr;
}

Link Interface::link() const {
  char name_now[IF_NAMESIZE];
  if (if_indextoname(index, name_now) == nullptr) return Link::up;
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request = request_for(name_now);
  if (ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) return Link::up;
  if ((request.ifr_flags & IFF_UP) == 0) return Link::down;
  return (request.ifr_flags & IFF_RUNNING) != 0 ? Link::up : Link::no_carrier;
}

tl::expected<Address, std::string> parse_host_address(const std::string& text) {
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return mapped(v4);
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.c_str(), &v6) == 1) return plain(v6);
  return tl::unexpected<std::string>("'" + text + "' is not an address; write 192.0.2.1 or 2001:db8::1");
}

std::optional<LinkAddresses> addresses_of(const Interface& interface) {
  LinkAddresses found;
  char name[IF_NAMESIZE];  // it may have been renamed
  ifaddrs* list = nullptr;
  if (if_indextoname(interface.index, name) == nullptr) return found;
  if (getifaddrs(&list) != 0) return std::nullopt;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, freeifaddrs);
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || std::strcmp(entry->ifa_name, name) != 0) continue;
    if (entry->ifa_addr->sa_family == AF_INET) {
      found.addresses.insert(mapped(reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)->sin_addr));
    } else if (entry->ifa_addr->sa_family == AF_INET6) {
      found.addresses.insert(plain(reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr)->sin6_addr));
    } else if (entry->ifa_addr->sa_family == AF_PACKET) {
      const auto* link = reinterpret_cast<const sockaddr_ll*>(entry->ifa_addr);
      constexpr size_t kSize = sizeof(frame::Mac);
      if (link->sll_halen == kSize) std::memcpy(found.mac.emplace().data(), link->sll_addr, kSize);
    }
  }
  return found;
}

}  // namespace ptrd::port
