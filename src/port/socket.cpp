// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/socket.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace ptrd::port {

using datapath::kBurst;

namespace {

/// Bytes of a message buffer: larger queries are cut, which their own lengths then tell.
constexpr size_t kBuffer = 4096;
/// Room for the control message that names the local address, v4 or v6.
constexpr size_t kControl = CMSG_SPACE(sizeof(in6_pktinfo));
constexpr int kSocketBuffer = 4 << 20;

tl::expected<std::pair<std::string, std::string>, std::string> split(const std::string& where) {
  const size_t colon = where.rfind(':');
  const bool bracketed = where.starts_with('[');
  if (colon == std::string::npos || (bracketed && (colon == 0 || where[colon - 1] != ']')) ||
      (!bracketed && where.find(':') != colon)) {
    return tl::unexpected<std::string>("'" + where +
                                       "' is no address and port; write 192.0.2.1:53 or [2001:db8::1]:53");
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

std::string bind_error(const std::string& where, int error) {
  std::string text = where + ": " + std::strerror(error);
  if (error == EACCES) text += "; ports below 1024 need root or CAP_NET_BIND_SERVICE, or take another one";
  if (error == EADDRINUSE) text += "; another server has that port";
  if (error == EADDRNOTAVAIL) text += "; that address is on no interface of this machine";
  return text;
}

/// Leaves the way back to the routing table: the kernel is told the local address, not the interface that the
/// query came in by; but a link-local peer is on that very link.
void free_route(msghdr& message) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      reinterpret_cast<in_pktinfo*>(CMSG_DATA(c))->ipi_ifindex = 0;
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
      auto* info = reinterpret_cast<in6_pktinfo*>(CMSG_DATA(c));
      if (!IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr)) info->ipi6_ifindex = 0;
    }
  }
}

}  // namespace

struct SocketServer::State {
  datapath::MessageStations<policy::AdmitAll> stations;
  datapath::Counters counters;
  std::array<std::array<uint8_t, kBuffer>, kBurst> buffers;
  std::array<std::array<uint8_t, kControl>, kBurst> controls;
  std::array<sockaddr_storage, kBurst> peers;
  std::array<iovec, kBurst> parts;
  std::array<mmsghdr, kBurst> received;
  std::array<mmsghdr, kBurst> replies;
  std::array<datapath::Message, kBurst> messages;
  std::array<answer::Reply, kBurst> results;
  std::array<answer::Kind, kBurst> kinds;

  void reset() {
    for (size_t i = 0; i < kBurst; ++i) {
      parts[i] = {buffers[i].data(), kBuffer};
      received[i].msg_hdr = {&peers[i], sizeof peers[i], &parts[i], 1, controls[i].data(), kControl, 0};
    }
  }
  void serve(int fd, const answer::Engine& engine, size_t count);
  void send(int fd, size_t count);
};

void SocketServer::State::serve(int fd, const answer::Engine& engine, size_t count) {
  counters.rx.add(count);
  for (size_t i = 0; i < count; ++i) messages[i] = {buffers[i].data(), kBuffer, received[i].msg_len};
  stations.run(engine, std::span(messages).first(count), results);
  size_t out = 0;
  for (size_t i = 0; i < count; ++i) {
    if (results[i].size == 0) {
      counters.kinds[static_cast<size_t>(results[i].kind)].add(1);
      continue;
    }
    parts[i].iov_len = results[i].size;
    replies[out].msg_hdr = received[i].msg_hdr;
    replies[out].msg_hdr.msg_flags = 0;
    free_route(replies[out].msg_hdr);
    kinds[out++] = results[i].kind;
  }
  send(fd, out);
}

void SocketServer::State::send(int fd, size_t count) {
  for (size_t at = 0; at < count;) {
    const int sent = sendmmsg(fd, &replies[at], static_cast<unsigned>(count - at), 0);
    if (sent > 0) {
      for (size_t i = at; i < at + static_cast<size_t>(sent); ++i)
        counters.kinds[static_cast<size_t>(kinds[i])].add(1);
      counters.tx.add(static_cast<size_t>(sent));
      at += static_cast<size_t>(sent);
      continue;
    }
    if (errno == EINTR) continue;
    // One reply that the kernel does not take (no route, a full buffer) must not hold up the others.
    counters.tx_full.add(1);
    ++at;
  }
}

SocketServer::SocketServer(int fd) : fd_(fd), state_(std::make_unique<State>()) {}
SocketServer::SocketServer(SocketServer&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), state_(std::move(other.state_)) {}
SocketServer::~SocketServer() {
  if (fd_ >= 0) ::close(fd_);
}
const datapath::Counters& SocketServer::counters() const {
  return state_->counters;
}

tl::expected<SocketServer, std::string> SocketServer::open(const std::string& where) {
  const auto parts = split(where);
  if (!parts) return tl::unexpected<std::string>(parts.error());
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  const char* host = parts->first.empty() ? nullptr : parts->first.c_str();
  if (getaddrinfo(host, parts->second.c_str(), &hints, &found) != 0) {
    return tl::unexpected<std::string>("'" + where +
                                       "' is no address and port; write 192.0.2.1:53 or [2001:db8::1]:53");
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> address(found, freeaddrinfo);
  const int fd = ::socket(address->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return tl::unexpected<std::string>(bind_error(where, errno));
  SocketServer server(fd);
  const int on = 1;
  if (address->ai_family == AF_INET6) {
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
  } else {
    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    // Replies must not follow a forged "fragmentation needed" (RFC 9715 3.1): no path MTU of the kernel's
    // own.
    const int omit = IP_PMTUDISC_OMIT;
    setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &omit, sizeof omit);
  }
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kSocketBuffer, sizeof kSocketBuffer);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSocketBuffer, sizeof kSocketBuffer);
  if (::bind(fd, address->ai_addr, address->ai_addrlen) != 0)
    return tl::unexpected<std::string>(bind_error(where, errno));
  return server;
}

void SocketServer::run(datapath::EngineSlot& slot, const std::atomic<bool>& stop) {
  datapath::EngineReader reader(slot);
  while (!stop.load(std::memory_order_relaxed)) {
    pollfd wait{fd_, POLLIN, 0};
    if (::poll(&wait, 1, 100) <= 0) continue;
    state_->reset();
    const int received = recvmmsg(fd_, state_->received.data(), kBurst, 0, nullptr);
    if (received <= 0) continue;
    reader.online();
    state_->serve(fd_, reader.engine(), static_cast<size_t>(received));
    reader.offline();
  }
}

}  // namespace ptrd::port
