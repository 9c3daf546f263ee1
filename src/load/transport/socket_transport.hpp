// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "load/query_set.hpp"
#include "load/transport.hpp"
#include "port/address.hpp"
#include "port/descriptor.hpp"

namespace ptrd::load {

/// Kernel UDP sockets, connected to the server: each is a flow. Needs no privileges.
class SocketTransport {
 public:
  /// Consecutive queries that should have the same flow: one system call sends them.
  static constexpr uint32_t kRun = 32;

  /// Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<std::unique_ptr<SocketTransport>, std::string> open(
      const port::SocketAddress& server, uint32_t sender, uint32_t flows);
  SocketTransport(const SocketTransport&) = delete;
  SocketTransport& operator=(const SocketTransport&) = delete;

  size_t send(std::span<const Outgoing> queries);
  template <typename Take>
  size_t receive(Take&& take);
  void wait(std::chrono::nanoseconds time);
  /// The kernel drops these itself.
  [[nodiscard]] uint64_t damaged() const { return 0; }
  /// Of replies for which the sockets' queues were full.
  [[nodiscard]] uint64_t overrun() const;

 private:
  static constexpr size_t kBatch = kReceiveBatch;  // replies read by one system call
  static constexpr size_t kMaxReply = 4096;        // larger ones are truncated, and then wrong
  static constexpr size_t kReady = 16;             // sockets checked in one `receive`

  SocketTransport(uint32_t sender, port::Descriptor epoll);
  tl::expected<void, std::string> add_flow(const port::SocketAddress& server);
  size_t send_run(std::span<const Outgoing> queries);
  size_t ready(std::span<uint32_t> flows) const;
  size_t take_from(uint32_t flow);

  uint32_t sender_;
  port::Descriptor epoll_;
  std::vector<port::Descriptor> sockets_;  // by flow
  std::array<std::array<uint8_t, kMaxQuery>, kRun> out_;
  std::array<iovec, kRun> out_parts_{};
  std::array<mmsghdr, kRun> out_headers_{};
  std::array<std::array<uint8_t, kMaxReply>, kBatch> in_;
  std::array<iovec, kBatch> in_parts_{};
  std::array<mmsghdr, kBatch> in_headers_{};
};

template <typename Take>
size_t SocketTransport::receive(Take&& take) {
  std::array<uint32_t, kReady> flows;
  const size_t count = ready(flows);
  size_t received = 0;
  for (size_t i = 0; i < count; ++i) {
    const size_t messages = take_from(flows[i]);
    std::array<Incoming, kBatch> replies;
    for (size_t m = 0; m < messages; ++m) {
      replies[m] = {
          .sender = sender_, .flow = flows[i], .reply = wire::Bytes(in_[m]).first(in_headers_[m].msg_len)};
    }
    if (messages > 0) take(std::span<const Incoming>(replies).first(messages));
    received += messages;
  }
  return received;
}

}  // namespace ptrd::load
