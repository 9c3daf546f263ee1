// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/transport/neighbour.hpp"

#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "port/descriptor.hpp"

namespace ptrd::load {

namespace {

constexpr auto kTimeout = std::chrono::seconds(2);
constexpr auto kBetweenLooks = std::chrono::milliseconds(20);
/// States of a neighbour whose address the kernel would use.
constexpr uint16_t kKnown = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;
constexpr size_t kMessages = 16384;  // bytes; a reply to one request is far smaller
constexpr uint16_t kDiscard = 9;     // the port of the discard service (RFC 863)

bool is_v4(const port::Address& address) {
  return std::all_of(address.begin(), address.begin() + 10, [](uint8_t byte) { return byte == 0; }) &&
         address[10] == 0xFF && address[11] == 0xFF;
}
uint8_t family_of(const port::Address& address) {
  return is_v4(address) ? AF_INET : AF_INET6;
}
/// The address in netlink form: 4 or 16 bytes.
wire::Bytes plain(const port::Address& address) {
  return is_v4(address) ? wire::Bytes(address).subspan(12) : wire::Bytes(address);
}

void put(nlmsghdr* message, uint16_t type, const port::Address& address) {
  const wire::Bytes bytes = plain(address);
  mnl_attr_put(message, type, bytes.size(), bytes.data());
}

/// A request to rtnetlink; `read` gets each message of the reply.
class Question {
 public:
  template <typename Header>
  Question(uint16_t type, const Header& header) : buffer_(kMessages) {
    message_ = mnl_nlmsg_put_header(buffer_.data());
    message_->nlmsg_type = type;
    message_->nlmsg_flags = NLM_F_REQUEST;
    std::memcpy(mnl_nlmsg_put_extra_header(message_, sizeof header), &header, sizeof header);
  }
  [[nodiscard]] nlmsghdr* message() { return message_; }

  void ask(const std::function<void(const nlmsghdr*)>& read) {
    const std::unique_ptr<mnl_socket, decltype(&mnl_socket_close)> socket(mnl_socket_open(NETLINK_ROUTE),
                                                                          mnl_socket_close);
    if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0 ||
        mnl_socket_sendto(socket.get(), message_, message_->nlmsg_len) < 0)
      return;
    const ssize_t size = mnl_socket_recvfrom(socket.get(), buffer_.data(), buffer_.size());
    if (size <= 0) return;
    const auto callback = [](const nlmsghdr* message, void* data) {
      (*static_cast<const std::function<void(const nlmsghdr*)>*>(data))(message);
      return MNL_CB_OK;
    };
    // It only forwards the function.
    (void)mnl_cb_run(buffer_.data(), static_cast<size_t>(size), 0, mnl_socket_get_portid(socket.get()),
                     callback, const_cast<std::function<void(const nlmsghdr*)>*>(&read));
  }

 private:
  std::vector<char> buffer_;
  nlmsghdr* message_;
};

/// The attribute of that type after a message's own header of `header` bytes; null: none.
const nlattr* attribute(const nlmsghdr* message, unsigned header, uint16_t type) {
  struct Wanted {
    uint16_t type;
    const nlattr* found = nullptr;
  } wanted{.type = type};
  const auto look = [](const nlattr* at, void* data) {
    auto* want = static_cast<Wanted*>(data);
    if (mnl_attr_get_type(at) == want->type) want->found = at;
    return MNL_CB_OK;
  };
  (void)mnl_attr_parse(message, header, look, &wanted);
  return wanted.found;
}

/// The next-hop router for the server; the server itself if there is none.
port::Address gateway(const port::Interface& interface, const port::Address& server) {
  rtmsg header{};
  header.rtm_family = family_of(server);
  header.rtm_dst_len = static_cast<uint8_t>(plain(server).size() * 8);
  Question question(RTM_GETROUTE, header);
  put(question.message(), RTA_DST, server);
  mnl_attr_put_u32(question.message(), RTA_OIF, interface.index);
  port::Address hop = server;
  question.ask([&](const nlmsghdr* message) {
    if (message->nlmsg_type != RTM_NEWROUTE) return;
    const nlattr* attr = attribute(message, sizeof(rtmsg), RTA_GATEWAY);
    if (attr == nullptr || mnl_attr_get_payload_len(attr) != plain(server).size()) return;
    std::memcpy(hop.end() - plain(server).size(), mnl_attr_get_payload(attr), plain(server).size());
  });
  return hop;
}

std::optional<Mac> neighbour(const port::Interface& interface, const port::Address& address) {
  ndmsg header{};
  header.ndm_family = family_of(address);
  header.ndm_ifindex = static_cast<int>(interface.index);
  Question question(RTM_GETNEIGH, header);
  put(question.message(), NDA_DST, address);
  std::optional<Mac> mac;
  question.ask([&](const nlmsghdr* message) {
    if (message->nlmsg_type != RTM_NEWNEIGH) return;
    const auto* entry = static_cast<const ndmsg*>(mnl_nlmsg_get_payload(message));
    const nlattr* attr = attribute(message, sizeof(ndmsg), NDA_LLADDR);
    if ((entry->ndm_state & kKnown) == 0 || attr == nullptr || mnl_attr_get_payload_len(attr) != sizeof(Mac))
      return;
    std::memcpy(mac.emplace().data(), mnl_attr_get_payload(attr), sizeof(Mac));
  });
  return mac;
}

/// A kernel UDP socket connected to the server through the interface; empty: there is no route.
port::Descriptor connected(const port::Interface& interface, const port::Address& server) {
  sockaddr_storage to{};
  socklen_t size = sizeof(sockaddr_in6);
  if (is_v4(server)) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(to);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(kDiscard);
    std::memcpy(&v4.sin_addr, plain(server).data(), sizeof v4.sin_addr);
    size = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(to);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(kDiscard);
    v6.sin6_scope_id = interface.index;
    std::memcpy(&v6.sin6_addr, server.data(), sizeof v6.sin6_addr);
  }
  port::Descriptor socket(::socket(family_of(server), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto length = static_cast<socklen_t>(interface.name.size());
  if (!socket || setsockopt(socket.get(), SOL_SOCKET, SO_BINDTODEVICE, interface.name.data(), length) != 0 ||
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), size) != 0)
    return {};
  return socket;
}

tl::unexpected<std::string> no_way(const port::Interface& interface) {
  return tl::unexpected(interface.name + ": no route from there to the server (" + std::strerror(errno) +
                        "); give the interface an address (ip address add), or use --source and --mac");
}

}  // namespace

tl::expected<Mac, std::string> mac_of(const port::Interface& interface) {
  const port::Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  interface.name.copy(request.ifr_name, IFNAMSIZ - 1);
  if (ioctl(socket.get(), SIOCGIFHWADDR, &request) != 0)
    return tl::unexpected(interface.name + ": its MAC address cannot be read: " + std::strerror(errno));
  Mac mac{};
  std::memcpy(mac.data(), request.ifr_hwaddr.sa_data, mac.size());
  return mac;
}

tl::expected<port::Address, std::string> source_for(const port::Interface& interface,
                                                    const port::Address& server) {
  const port::Descriptor socket = connected(interface, server);
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  if (!socket || ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&own), &size) != 0)
    return no_way(interface);
  port::Address address = server;  // an IPv4 address keeps its prefix, which makes it a mapped one
  if (own.ss_family == AF_INET) {
    std::memcpy(&address[12], &reinterpret_cast<const sockaddr_in&>(own).sin_addr, 4);
  } else {
    std::memcpy(address.data(), &reinterpret_cast<const sockaddr_in6&>(own).sin6_addr, address.size());
  }
  return address;
}

tl::expected<Mac, std::string> next_hop_of(const port::Interface& interface, const port::Address& server) {
  const port::Descriptor socket = connected(interface, server);
  if (!socket) return no_way(interface);
  const port::Address hop = gateway(interface, server);
  const auto end = std::chrono::steady_clock::now() + kTimeout;
  do {
    if (const auto mac = neighbour(interface, hop)) return *mac;
    // An empty datagram: it only makes the kernel resolve the address.
    (void)::send(socket.get(), nullptr, 0, MSG_DONTWAIT);
    std::this_thread::sleep_for(kBetweenLooks);
  } while (std::chrono::steady_clock::now() < end);
  return tl::unexpected(interface.name +
                        ": cannot resolve the server's MAC address, no ARP or ND reply; give it with --mac");
}

}  // namespace ptrd::load
