// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/socket.hpp"

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "port/address.hpp"

namespace ptrd::port {

using datapath::kBurst;

namespace {

/// Bytes of a message buffer: the largest possible datagram (65,507 bytes over IPv4, 65,527 over IPv6), so
/// that none is truncated. Pages beyond the queries are never touched; the odd number of cache lines puts the
/// starts of the buffers in different sets of the cache.
constexpr size_t kBuffer = 65536 + answer::kMinBuffer;
static_assert(kBuffer / 64 % 2 == 1);
/// Room for the control message that names the local address, v4 or v6.
constexpr size_t kControl = CMSG_SPACE(sizeof(in6_pktinfo));
constexpr int kSocketBuffer = 4 << 20;

/// Leaves the route of the reply to the routing table: the kernel gets the local address, but not the
/// interface on which the query arrived, except for a link-local peer, which is on that link.
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

/// Exceeds the system's limit if ptrd may; otherwise goes up to the limit.
void set_buffer(int fd, int beyond_limit, int within_limit) {
  if (setsockopt(fd, SOL_SOCKET, beyond_limit, &kSocketBuffer, sizeof kSocketBuffer) != 0)
    setsockopt(fd, SOL_SOCKET, within_limit, &kSocketBuffer, sizeof kSocketBuffer);
}

}  // namespace

struct SocketServer::State {
  datapath::MessageStations stations;
  datapath::Counters counters;
  bool ipv6 = false;
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
  void serve(int fd, const datapath::Serving& serving, size_t count);
  [[nodiscard]] policy::Client sender(size_t i) const;
  void send(int fd, size_t count);
};

policy::Client SocketServer::State::sender(size_t i) const {
  const void* const peer = &peers[i];
  const void* const address =
      ipv6 ? static_cast<const void*>(&static_cast<const sockaddr_in6*>(peer)->sin6_addr)
           : static_cast<const void*>(&static_cast<const sockaddr_in*>(peer)->sin_addr);
  return {static_cast<const uint8_t*>(address), ipv6};
}

void SocketServer::State::serve(int fd, const datapath::Serving& serving, size_t count) {
  counters.busy.work();
  counters.bursts.add(1);
  counters.rx.add(count);
  counters.queries[ipv6 ? 1 : 0].add(count);
  for (size_t i = 0; i < count; ++i) messages[i] = {buffers[i].data(), kBuffer, received[i].msg_len};
  stations.run(
      serving, std::span(messages).first(count), answer::Transport::udp,
      [this](size_t i) { return sender(i); }, results, counters);
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
  counters.busy.rest();
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
    // One reply that the kernel rejects (no route, a full buffer) must not block the others.
    counters.tx_full.add(1);
    ++at;
  }
}

SocketServer::SocketServer(int fd) : fd_(fd), state_(std::make_unique_for_overwrite<State>()) {}
SocketServer::SocketServer(SocketServer&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), state_(std::move(other.state_)) {}
SocketServer::~SocketServer() {
  if (fd_ >= 0) ::close(fd_);
}
const datapath::Counters& SocketServer::counters() const {
  return state_->counters;
}

uint64_t SocketServer::overflows() const {
  std::array<uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t size = sizeof memory;
  const bool known = getsockopt(fd_, SOL_SOCKET, SO_MEMINFO, memory.data(), &size) == 0;
  return known ? memory[SK_MEMINFO_DROPS] : 0;
}

tl::expected<SocketServer, std::string> SocketServer::open(const SocketAddress& address,
                                                           const std::string& where, bool shared) {
  const int fd = ::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return tl::unexpected<std::string>(bind_error(where, errno));
  SocketServer server(fd);
  server.state_->ipv6 = address.family() == AF_INET6;
  const int on = 1;
  if (address.family() == AF_INET6) {
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
  } else {
    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    // Replies must not be affected by a forged "fragmentation needed" (RFC 9715 3.1): ignore the kernel's
    // path MTU.
    const int omit = IP_PMTUDISC_OMIT;
    setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &omit, sizeof omit);
  }
  set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF);
  set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF);
  if (shared) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (::bind(fd, address.get(), address.size) != 0)
    return tl::unexpected<std::string>(bind_error(where, errno));
  // The first socket shares the port only after it has bound it, so that it does not silently join the port
  // of another server or ptrd.
  if (!shared) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  return server;
}

tl::expected<std::vector<SocketServer>, std::string> SocketServer::open(const std::string& where,
                                                                        unsigned count) {
  const auto address = parse_address(where);
  if (!address) return tl::unexpected(address.error());
  std::vector<SocketServer> servers;
  servers.reserve(count);
  for (unsigned i = 0; i < count; ++i) {
    auto server = open(*address, where, i > 0);
    if (!server) return tl::unexpected(server.error());
    servers.push_back(*std::move(server));
  }
  return servers;
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
    state_->serve(fd_, reader.serving(), static_cast<size_t>(received));
    reader.offline();
  }
}

}  // namespace ptrd::port
