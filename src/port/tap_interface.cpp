// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/tap_interface.hpp"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "port/descriptor.hpp"

namespace ptrd::port {

namespace {

using Result = tl::expected<void, std::string>;

Result failed(const std::string& what, int error) {
  return tl::unexpected<std::string>(what + ": " + std::strerror(error));
}

ifreq request_for(const std::string& name) {
  ifreq request{};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  return request;
}

/// RTM_NEWADDR as rtnetlink(7) has it: header, ifaddrmsg, attributes. An address of these is 64 bytes at
/// most.
class AddressRequest {
 public:
  AddressRequest(unsigned index, const InterfaceAddress& address) {
    auto& header = at<nlmsghdr>(0);
    header.nlmsg_type = RTM_NEWADDR;
    header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
    auto& message = at<ifaddrmsg>(NLMSG_HDRLEN);
    message.ifa_family = address.ipv6 ? AF_INET6 : AF_INET;
    message.ifa_prefixlen = address.prefix;
    message.ifa_index = index;
    const size_t size = address.ipv6 ? 16 : 4;
    put(IFA_LOCAL, address.bytes.data(), size);
    put(IFA_ADDRESS, address.bytes.data(), size);
    const uint32_t flags = IFA_F_NODAD;
    if (address.ipv6) put(IFA_FLAGS, &flags, sizeof flags);
    header.nlmsg_len = static_cast<uint32_t>(size_);
  }
  [[nodiscard]] const void* data() const { return bytes_.data(); }
  [[nodiscard]] size_t size() const { return size_; }

 private:
  template <typename T>
  T& at(size_t offset) {
    return *reinterpret_cast<T*>(bytes_.data() + offset);
  }
  void put(uint16_t type, const void* value, size_t size) {
    auto& attribute = at<rtattr>(size_);
    attribute.rta_type = type;
    attribute.rta_len = static_cast<uint16_t>(RTA_LENGTH(size));
    std::memcpy(RTA_DATA(&attribute), value, size);
    size_ += RTA_ALIGN(attribute.rta_len);
  }

  alignas(nlmsghdr) std::array<uint8_t, 128> bytes_ = {};
  size_t size_ = NLMSG_SPACE(sizeof(ifaddrmsg));
};

/// Returns 0 or an errno.
int add_address(const Descriptor& netlink, unsigned index, const InterfaceAddress& address) {
  const AddressRequest request(index, address);
  if (::send(netlink.get(), request.data(), request.size(), 0) < 0) return errno;
  alignas(nlmsghdr) std::array<uint8_t, 1024> reply;
  const ssize_t size = ::recv(netlink.get(), reply.data(), reply.size(), 0);
  if (size < 0) return errno;
  const auto* header = reinterpret_cast<const nlmsghdr*>(reply.data());
  if (static_cast<size_t>(size) < NLMSG_LENGTH(sizeof(nlmsgerr)) || header->nlmsg_type != NLMSG_ERROR)
    return EPROTO;
  return -static_cast<const nlmsgerr*>(NLMSG_DATA(header))->error;
}

Result add_addresses(const std::string& name, const std::vector<InterfaceAddress>& addresses) {
  if (addresses.empty()) return {};
  const Descriptor netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!netlink) return failed("no netlink socket", errno);
  const unsigned index = if_nametoindex(name.c_str());
  for (const InterfaceAddress& address : addresses) {
    if (const int error = add_address(netlink, index, address); error != 0)
      return failed("interface " + name + " cannot have the address " + address.text, error);
  }
  return {};
}

}  // namespace

tl::expected<InterfaceAddress, std::string> parse_interface_address(const std::string& text) {
  const auto bad = [&] {
    return tl::unexpected<std::string>("'" + text +
                                       "' is no address; write it as 192.0.2.1/24 or 2001:db8::1/64");
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
  // The kernel's own rule (dev_valid_name), and '%', which would stand for a number of its choice.
  const bool bad = name.empty() || name.size() >= IFNAMSIZ || name == "." || name == ".." ||
                   std::any_of(name.begin(), name.end(), [](char c) {
                     return c <= ' ' || c == '/' || c == ':' || c == '%' || c == '\x7F';
                   });
  if (bad)
    return tl::unexpected<std::string>("'" + name + "' is no name of an interface; take up to 15 letters");
  return {};
}

tl::expected<void, std::string> set_up_interface(const std::string& name, const InterfaceSettings& settings) {
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return failed("no socket", errno);
  ifreq request = request_for(name);
  if (settings.mac) {
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    std::copy(settings.mac->begin(), settings.mac->end(), request.ifr_hwaddr.sa_data);
    if (::ioctl(socket.get(), SIOCSIFHWADDR, &request) != 0)
      return failed("interface " + name + " cannot have the card's MAC", errno);
  }
  request = request_for(name);
  request.ifr_mtu = settings.mtu;
  if (::ioctl(socket.get(), SIOCSIFMTU, &request) != 0)
    return failed("interface " + name + " cannot have the card's MTU", errno);
  if (auto ok = add_addresses(name, settings.addresses); !ok) return ok;
  request = request_for(name);
  if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) == 0) {
    request.ifr_flags |= IFF_UP;
    if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0) return {};
  }
  return failed("interface " + name + " cannot be brought up", errno);
}

}  // namespace ptrd::port
