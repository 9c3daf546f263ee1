// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <thread>
#include <tl/expected.hpp>
#include <vector>

#include "service/tcp/session.hpp"

namespace ptrd::service {

/// One thread that accepts and serves connections at all addresses, waiting in epoll; the kernel distributes
/// connections over the threads (SO_REUSEPORT).
class TcpThread {
 public:
  TcpThread(const TcpLimits& limits, TcpCommon& common, datapath::EngineSlot& engine);
  TcpThread(const TcpThread&) = delete;
  TcpThread& operator=(const TcpThread&) = delete;
  ~TcpThread() { stop(); }

  /// `shared`: another thread of ours is already bound to the address; otherwise no socket may be. Error: a
  /// line that says how to fix it.
  [[nodiscard]] tl::expected<void, std::string> listen(const std::string& where, bool shared);
  /// `threads`: all of them, including this one; they must outlive its run.
  void start(const std::vector<std::unique_ptr<TcpThread>>& threads);
  void stop();
  /// Any thread may call it.
  [[nodiscard]] const TcpCounters& counters() const { return shared_.counters; }

 private:
  struct Listener {
    explicit Listener(asio::io_context& io) : acceptor(io), rest(io) {}
    asio::ip::tcp::acceptor acceptor;
    asio::steady_timer rest;
  };

  void tick();
  void accept_on(Listener& listener);
  void accept_some(Listener& listener);
  void on_shortage(Listener& listener, const asio::error_code& error);
  void admit(asio::ip::tcp::socket socket, const asio::ip::tcp::endpoint& peer);
  void make_room();

  TcpShared shared_;
  asio::steady_timer tick_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  const std::vector<std::unique_ptr<TcpThread>>* threads_ = nullptr;
  std::thread thread_;
};

}  // namespace ptrd::service
