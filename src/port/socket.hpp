// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "datapath/counters.hpp"
#include "datapath/worker.hpp"

namespace ptrd::port {

struct SocketAddress;

/// A kernel UDP socket and the thread body that serves it: the simplest port, for machines that must keep
/// their card in the kernel, and for queries that a fast path leaves to the kernel. A reply is sent from the
/// address that was queried, even if the socket is bound to the wildcard address.
class SocketServer {
 public:
  /// `count` sockets at `where`, "192.0.2.1:53" or "[2001:db8::1]:53", each for a thread of its own: the
  /// kernel spreads the clients over them (SO_REUSEPORT). Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<std::vector<SocketServer>, std::string> open(const std::string& where,
                                                                                 unsigned count);
  SocketServer(SocketServer&& other) noexcept;
  SocketServer& operator=(SocketServer&&) = delete;
  ~SocketServer();

  /// Serves until `stop`; sleeps in the kernel while there is no traffic, 100 ms at a time.
  void run(datapath::EngineSlot& slot, const std::atomic<bool>& stop);
  [[nodiscard]] const datapath::Counters& counters() const;
  /// Datagrams that the kernel dropped because the socket's queue was full (modulo 2^32); they are not in any
  /// of the counters.
  [[nodiscard]] uint64_t overflows() const;

 private:
  struct State;
  explicit SocketServer(int fd);
  /// `shared`: one of our sockets is already bound to the address.
  [[nodiscard]] static tl::expected<SocketServer, std::string> open(const SocketAddress& address,
                                                                    const std::string& where, bool shared);
  int fd_;
  std::unique_ptr<State> state_;
};

}  // namespace ptrd::port
