// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <asio/ip/address.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace asio {
class io_context;
}

namespace ptrd::client {

/// How hard others may be asked.
struct PaceLimits {
  double per_second = 500;  // queries in all
  double per_server = 20;   // queries a second to one address
  unsigned parallel = 100;  // queries that wait for a reply at a time, each with a socket
};

/// Says when a query may go out. A server's own turn comes first, then a place in the line of all: so many
/// queries for one slow server hold up nobody else.
class Pacer {
 public:
  Pacer(asio::io_context& context, PaceLimits limits);
  ~Pacer();

  /// Calls `start` once a query to `server` may go out; it then holds a place until `release`.
  void acquire(const asio::ip::address& server, std::function<void()> start);
  void release();

 private:
  using Clock = std::chrono::steady_clock;
  struct Timer;  // asio's
  void pump();

  asio::io_context& context_;
  PaceLimits limits_;
  std::unique_ptr<Timer> timer_;
  bool timer_runs_ = false;
  unsigned running_ = 0;
  Clock::time_point next_{};
  std::map<asio::ip::address, Clock::time_point> next_of_server_;
  std::deque<std::function<void()>> ready_;
};

}  // namespace ptrd::client
