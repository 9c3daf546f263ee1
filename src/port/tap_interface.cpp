// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/tap_interface.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "port/descriptor.hpp"
#include "port/interface.hpp"

namespace ptrd::port {

namespace {

using Result = tl::expected<void, std::string>;

Result failed(const std::string& what, int error) {
  return tl::unexpected<std::string>(what + ": " + std::strerror(error));
}

using Netlink = std::unique_ptr<mnl_socket, decltype(&mnl_socket_close)>;

Netlink open_netlink() {
  Netlink netlink(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC), mnl_socket_close);
  if (netlink && mnl_socket_bind(netlink.get(), 0, MNL_SOCKET_AUTOPID) != 0) netlink.reset();
  return netlink;
}

/// Returns 0 or an errno.
int add_address(mnl_socket* netlink, unsigned index, const InterfaceAddress& address) {
  // For the request, of at most 64 bytes, and then for the kernel's reply, which contains it.
  alignas(nlmsghdr) std::array<char, 1024> buffer;
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = RTM_NEWADDR;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
  auto* header = static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ifaddrmsg)));
  header->ifa_family = address.ipv6 ? AF_INET6 : AF_INET;
  header->ifa_prefixlen = address.prefix;
  header->ifa_index = index;
  const size_t size = address.ipv6 ? 16 : 4;
  mnl_attr_put(message, IFA_LOCAL, size, address.bytes.data());
  mnl_attr_put(message, IFA_ADDRESS, size, address.bytes.data());
  if (address.ipv6) mnl_attr_put_u32(message, IFA_FLAGS, IFA_F_NODAD);
  if (mnl_socket_sendto(netlink, message, message->nlmsg_len) < 0) return errno;
  const ssize_t received = mnl_socket_recvfrom(netlink, buffer.data(), buffer.size());
  if (received < 0) return errno;
  // Returns the error of the acknowledgement as its own.
  const int outcome = mnl_cb_run(buffer.data(), static_cast<size_t>(received), 0,
                                 mnl_socket_get_portid(netlink), nullptr, nullptr);
  return outcome < 0 ? errno : 0;
}

Result add_addresses(const std::string& name, const std::vector<InterfaceAddress>& addresses) {
  if (addresses.empty()) return {};
  const Netlink netlink = open_netlink();
  if (!netlink) return failed("no netlink socket", errno);
  const unsigned index = if_nametoindex(name.c_str());
  for (const InterfaceAddress& address : addresses) {
    if (const int error = add_address(netlink.get(), index, address); error != 0)
      return failed("interface " + name + " cannot have the address " + address.text, error);
  }
  return {};
}

}  // namespace

tl::expected<InterfaceAddress, std::string> parse_interface_address(const std::string& text) {
  const auto bad = [&] {
    return tl::unexpected<std::string>("'" + text +
                                       "' is not an address; write it as 192.0.2.1/24 or 2001:db8::1/64");
  };
  InterfaceAddress address;
  address.text = text;
  const size_t slash = text.find('/');
  const std::string host = text.substr(0, slash);
  address.ipv6 = host.find(':') != std::string::npos;
  if (inet_pton(address.ipv6 ? AF_INET6 : AF_INET, host.c_str(), address.bytes.data()) != 1) return bad();
  const unsigned most = address.ipv6 ? 128 : 32;
  unsigned prefix = most;
  if (slash != std::string::npos) {
    const char* end = text.data() + text.size();
    const auto [next, error] = std::from_chars(text.data() + slash + 1, end, prefix);
    if (error != std::errc() || next != end || prefix == 0 || prefix > most) return bad();
  }
  address.prefix = static_cast<uint8_t>(prefix);
  return address;
}

tl::expected<void, std::string> check_interface_name(const std::string& name) {
  // The kernel's own rule (dev_valid_name), and '%', which the kernel would replace by a number.
  const bool bad = name.empty() || name.size() >= IFNAMSIZ || name == "." || name == ".." ||
                   std::any_of(name.begin(), name.end(), [](char c) {
                     return c <= ' ' || c == '/' || c == ':' || c == '%' || c == '\x7F';
                   });
  if (bad)
    return tl::unexpected<std::string>("'" + name + "' is not an interface name; use up to 15 characters");
  return {};
}

tl::expected<void, std::string> set_up_interface(const std::string& name, const InterfaceSettings& settings) {
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return failed("cannot open a socket", errno);
  ifreq request = request_for(name);
  if (settings.mac) {
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    std::copy(settings.mac->begin(), settings.mac->end(), request.ifr_hwaddr.sa_data);
    if (::ioctl(socket.get(), SIOCSIFHWADDR, &request) != 0)
      return failed("interface " + name + ": cannot set the card's MAC", errno);
  }
  request = request_for(name);
  request.ifr_mtu = settings.mtu;
  if (::ioctl(socket.get(), SIOCSIFMTU, &request) != 0)
    return failed("interface " + name + ": cannot set the card's MTU", errno);
  if (auto ok = add_addresses(name, settings.addresses); !ok) return ok;
  request = request_for(name);
  if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) == 0) {
    request.ifr_flags |= IFF_UP;
    if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0) return {};
  }
  return failed("interface " + name + ": cannot bring it up", errno);
}

}  // namespace ptrd::port
