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

/// Limits on the rate of queries to other servers.
struct PaceLimits {
  double per_second = 500;  // queries a second in total
  double per_server = 20;   // queries a second to one address
  unsigned parallel = 100;  // queries waiting for a reply at once, each with a socket
};

/// Decides when a query may be sent. It waits for its server's limit first, then in the queue of all servers,
/// so that many queries for one slow server do not delay the others.
class Pacer {
 public:
  Pacer(asio::io_context& context, PaceLimits limits);
  ~Pacer();

  /// Calls `start` once a query to `server` may go out; it then holds a slot until `release`.
  void acquire(const asio::ip::address& server, std::function<void()> start);
  void release();

 private:
  using Clock = std::chrono::steady_clock;
  struct Timer;  // hides asio's timer
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
