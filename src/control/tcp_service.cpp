// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "control/tcp_service.hpp"

#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include "control/descriptors.hpp"
#include "control/log.hpp"
#include "control/tcp_session.hpp"
#include "port/address.hpp"

namespace ptrd::control {

using asio::ip::tcp;

namespace {

/// Connections that wait to be accepted; the system may set a lower limit (net.core.somaxconn).
constexpr int kBacklog = 4096;
/// Accepted in one turn.
constexpr int kAcceptsPerTurn = 64;
/// How often limits in time are looked at, and how long accepting rests when there is no file descriptor.
constexpr std::chrono::milliseconds kTick(100);
/// The kernel's share of a connection's memory; without a limit it grows to megabytes for a client that does
/// not read. The largest reply fits in.
constexpr int kKernelSend = 64 << 10;
constexpr int kKernelReceive = 32 << 10;

struct Listener {
  explicit Listener(asio::io_context& io) : acceptor(io), rest(io) {}
  tcp::acceptor acceptor;
  asio::steady_timer rest;
};

/// Options are inherited by the connections.
void set_options(int fd, int family, const TcpLimits& limits) {
  const int on = 1;
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Each write holds all that there is to say.
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kKernelSend, sizeof kKernelSend);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kKernelReceive, sizeof kKernelReceive);
  // Also for what the kernel still has to deliver when we have closed a connection.
  const auto patience = static_cast<unsigned>(2 * limits.reply.count());
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
}

ClientPrefix prefix_of_peer(const tcp::endpoint& peer) {
  const auto address = peer.address();
  return address.is_v4() ? prefix_of(address.to_v4().to_bytes()) : prefix_of(address.to_v6().to_bytes());
}

/// By value: asio's category does not know the standard's conditions.
bool is_shortage(const asio::error_code& error) {
  const int value = error.value();
  return value == EMFILE || value == ENFILE || value == ENOBUFS || value == ENOMEM;
}

class TcpService : public Service {
 public:
  TcpService(const TcpLimits& limits, datapath::EngineSlot& engine)
      : shared_(limits, engine), io_(1), tick_(io_) {}
  ~TcpService() override { TcpService::stop(); }

  [[nodiscard]] tl::expected<void, std::string> listen(const std::string& where);

  void start() override {
    for (const auto& listener : listeners_) accept_on(*listener);
    tick();
    thread_ = std::thread([this] { io_.run(); });
  }
  void stop() override {
    if (!thread_.joinable()) return;
    io_.stop();
    thread_.join();
    shared_.close_all(TcpEnd::shutdown);
  }
  void report_to(std::vector<Report>& reports) const override {
    Report& report = reports.emplace_back(
        Report{.transport = "tcp", .totals = {}, .workers = {&shared_.counters.messages}});
    shared_.counters.add_to(report.totals);
  }
  [[nodiscard]] std::string describe() const override {
    return fmt::format("TCP with {} connections", shared_.limits.connections);
  }

 private:
  void tick() {
    tick_.expires_after(kTick);
    tick_.async_wait([this](const asio::error_code& error) {
      if (error) return;
      shared_.sweep();
      tick();
    });
  }
  void accept_on(Listener& listener);
  void accept_some(Listener& listener);
  void on_shortage(Listener& listener, const asio::error_code& error);
  void admit(tcp::socket socket, const tcp::endpoint& peer);

  TcpShared shared_;
  asio::io_context io_;
  asio::steady_timer tick_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::thread thread_;
};

tl::expected<void, std::string> TcpService::listen(const std::string& where) {
  const auto address = port::parse_address(where);
  if (!address) return tl::unexpected(address.error());
  const int fd = ::socket(address->family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return tl::unexpected(port::bind_error(where, errno));
  auto& listener = *listeners_.emplace_back(std::make_unique<Listener>(io_));
  asio::error_code error;
  listener.acceptor.assign(address->family() == AF_INET6 ? tcp::v6() : tcp::v4(), fd, error);
  if (error) {
    ::close(fd);
    return tl::unexpected(where + ": " + error.message());
  }
  set_options(fd, address->family(), shared_.limits);
  if (::bind(fd, address->get(), address->size) != 0 || ::listen(fd, kBacklog) != 0)
    return tl::unexpected(port::bind_error(where + " over TCP", errno));
  listener.acceptor.non_blocking(true, error);
  if (error) return tl::unexpected(where + ": " + error.message());
  return {};
}

void TcpService::accept_on(Listener& listener) {
  listener.acceptor.async_wait(tcp::acceptor::wait_read, [this, &listener](const asio::error_code& error) {
    if (!error) accept_some(listener);
  });
}

void TcpService::accept_some(Listener& listener) {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    tcp::socket socket(io_);
    tcp::endpoint peer;
    asio::error_code error;
    listener.acceptor.accept(socket, peer, error);
    if (error == asio::error::would_block) break;
    if (is_shortage(error)) return on_shortage(listener, error);
    if (!error) admit(std::move(socket), peer);
  }
  accept_on(listener);
}

// The connection stays in the backlog, and would be reported over and over. Where the shortage is ours alone,
// one that goes makes room for it: the table is full, only earlier than its limit has it.
void TcpService::on_shortage(Listener& listener, const asio::error_code& error) {
  shared_.counters.no_descriptor.add(1);
  if (error.value() == EMFILE && shared_.evict()) return accept_on(listener);
  listener.rest.expires_after(kTick);
  listener.rest.async_wait([this, &listener](const asio::error_code& ended) {
    if (!ended) accept_some(listener);
  });
}

void TcpService::admit(tcp::socket socket, const tcp::endpoint& peer) {
  asio::error_code error;
  socket.non_blocking(true, error);
  if (error) return;
  const ClientPrefix prefix = prefix_of_peer(peer);
  if (!shared_.prefixes.add(prefix)) {
    shared_.counters.refused.add(1);
    socket.set_option(tcp::socket::linger(true, 0), error);
    return;
  }
  if (shared_.counters.open() >= shared_.limits.connections) shared_.evict();
  std::make_shared<TcpSession>(std::move(socket), prefix, shared_)->start();
}

}  // namespace

tl::expected<std::unique_ptr<Service>, std::string> open_tcp(const std::vector<std::string>& addresses,
                                                             const TcpLimits& limits,
                                                             datapath::EngineSlot& engine) {
  TcpLimits possible = limits;
  possible.connections = make_room_for_connections(limits.connections);
  if (possible.connections < limits.connections) {
    log_warning(
        "the limit on open files leaves room for {} of {} TCP connections; raise it (LimitNOFILE in "
        "systemd, ulimit -n) or ask for fewer (--tcp-connections)",
        possible.connections, limits.connections);
  }
  try {
    auto service = std::make_unique<TcpService>(possible, engine);
    for (const std::string& where : addresses) {
      if (const auto ok = service->listen(where); !ok) return tl::unexpected(ok.error());
    }
    return service;
  } catch (const std::system_error& error) {  // asio's, when the kernel gives it no epoll or timer
    return tl::unexpected<std::string>(fmt::format("TCP: {}", error.what()));
  }
}

}  // namespace ptrd::control
