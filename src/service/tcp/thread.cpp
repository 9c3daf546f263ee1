// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/tcp/thread.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <asio/post.hpp>
#include <cerrno>
#include <utility>

#include "port/address.hpp"

namespace ptrd::service {

using asio::ip::tcp;

namespace {

/// Connections that wait to be accepted; the system may set a lower limit (net.core.somaxconn).
constexpr int kBacklog = 4096;
/// Accepted in one turn.
constexpr int kAcceptsPerTurn = 16;
/// The interval at which time limits are checked, and the pause in accepting when there is no file
/// descriptor.
constexpr std::chrono::milliseconds kTick(100);
/// The kernel's send buffer for a connection; without a limit it grows to megabytes for a client that does
/// not read. The largest reply fits.
constexpr int kKernelSend = 64 << 10;
constexpr int kKernelReceive = 32 << 10;

/// The connections inherit the options.
void set_options(int fd, int family, const TcpLimits& limits, bool shared) {
  const int on = 1;
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  // Each write contains everything that there is to send.
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kKernelSend, sizeof kKernelSend);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kKernelReceive, sizeof kKernelReceive);
  // Also applies to data that the kernel still has to deliver after we have closed a connection.
  const auto patience = static_cast<unsigned>(2 * limits.reply.count());
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
}

TcpPeer peer_at(const tcp::endpoint& endpoint) {
  TcpPeer peer{.address = {}, .ipv6 = endpoint.address().is_v6(), .prefix = 0};
  const auto take = [&peer](const auto& bytes) {
    std::copy(bytes.begin(), bytes.end(), peer.address.begin());
    peer.prefix = prefix_of(bytes);
  };
  peer.ipv6 ? take(endpoint.address().to_v6().to_bytes()) : take(endpoint.address().to_v4().to_bytes());
  return peer;
}

/// By value: asio's error category does not map to std::errc.
bool is_shortage(const asio::error_code& error) {
  const int value = error.value();
  return value == EMFILE || value == ENFILE || value == ENOBUFS || value == ENOMEM;
}

}  // namespace

TcpThread::TcpThread(const TcpLimits& limits, TcpCommon& common, datapath::EngineSlot& engine)
    : shared_(limits, common, engine), tick_(shared_.io) {}

void TcpThread::start(const std::vector<std::unique_ptr<TcpThread>>& threads) {
  threads_ = &threads;
  for (const auto& listener : listeners_) accept_on(*listener);
  tick();
  thread_ = std::thread([this] { shared_.io.run(); });
}

void TcpThread::stop() {
  if (!thread_.joinable()) return;
  shared_.io.stop();
  thread_.join();
  shared_.close_all(TcpEnd::shutdown);
}

void TcpThread::tick() {
  tick_.expires_after(kTick);
  tick_.async_wait([this](const asio::error_code& error) {
    if (error) return;
    shared_.sweep();
    tick();
  });
}

tl::expected<void, std::string> TcpThread::listen(const std::string& where, bool shared) {
  const auto address = port::parse_address(where);
  if (!address) return tl::unexpected(address.error());
  const int fd = ::socket(address->family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return tl::unexpected(port::bind_error(where, errno));
  auto& listener = *listeners_.emplace_back(std::make_unique<Listener>(shared_.io));
  asio::error_code error;
  listener.acceptor.assign(address->family() == AF_INET6 ? tcp::v6() : tcp::v4(), fd, error);
  if (error) {
    ::close(fd);
    return tl::unexpected(where + ": " + error.message());
  }
  set_options(fd, address->family(), shared_.limits, shared);
  if (::bind(fd, address->get(), address->size) != 0)
    return tl::unexpected(port::bind_error(where + " over TCP", errno));
  // The first socket shares the port only after it has bound it, so that it does not silently join the port
  // of another server or ptrd.
  const int on = 1;
  if (!shared) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (::listen(fd, kBacklog) != 0) return tl::unexpected(port::bind_error(where + " over TCP", errno));
  listener.acceptor.non_blocking(true, error);
  if (error) return tl::unexpected(where + ": " + error.message());
  return {};
}

void TcpThread::accept_on(Listener& listener) {
  listener.acceptor.async_wait(tcp::acceptor::wait_read, [this, &listener](const asio::error_code& error) {
    if (!error) accept_some(listener);
  });
}

void TcpThread::accept_some(Listener& listener) {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    tcp::socket socket(shared_.io);
    tcp::endpoint peer;
    asio::error_code error;
    listener.acceptor.accept(socket, peer, error);
    if (error == asio::error::would_block) break;
    if (is_shortage(error)) return on_shortage(listener, error);
    if (!error) admit(std::move(socket), peer);
  }
  accept_on(listener);
}

// The connection stays in the backlog, and would be reported again and again. If only this process has no
// descriptors left (EMFILE), another connection is evicted: the table is full, just earlier than its limit.
void TcpThread::on_shortage(Listener& listener, const asio::error_code& error) {
  shared_.counters.no_descriptor.add(1);
  if (error.value() == EMFILE && shared_.evict()) return accept_on(listener);
  listener.rest.expires_after(kTick);
  listener.rest.async_wait([this, &listener](const asio::error_code& ended) {
    if (!ended) accept_some(listener);
  });
}

void TcpThread::admit(tcp::socket socket, const tcp::endpoint& from) {
  asio::error_code error;
  socket.non_blocking(true, error);
  if (error) return;
  const TcpPeer peer = peer_at(from);
  if (!shared_.common.prefixes.add(peer.prefix)) {
    shared_.counters.refused.add(1);
    socket.set_option(tcp::socket::linger(true, 0), error);
    return;
  }
  if (shared_.common.open.fetch_add(1, std::memory_order_relaxed) >= shared_.limits.connections) make_room();
  std::make_shared<TcpSession>(std::move(socket), peer, shared_)->start();
}

// Evicts one of this thread's connections; if it has none, one of the thread with the most, and until that is
// done there is one connection too many.
void TcpThread::make_room() {
  if (shared_.evict()) return;
  const auto most = std::max_element(threads_->begin(), threads_->end(), [](const auto& a, const auto& b) {
    return a->counters().open() < b->counters().open();
  });
  asio::post((*most)->shared_.io, [&other = (*most)->shared_] { (void)other.evict(); });
}

}  // namespace ptrd::service
