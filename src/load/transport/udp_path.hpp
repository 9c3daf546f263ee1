// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>

#include "bpf/consts.h"
#include "load/transport/ends.hpp"
#include "ptrd/frame/frame.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::load {

/// The source ports of the flows of all senders, in this order: below those that the kernel assigns to
/// sockets. The XDP program redirects replies to these, and no other frame.
inline constexpr uint16_t kFirstPort = PTRD_LOAD_FIRST_PORT;
inline constexpr uint32_t kPorts = PTRD_LOAD_LAST_PORT - PTRD_LOAD_FIRST_PORT + 1;

/// Builds frames from queries, and finds the replies in received frames.
class UdpPath {
 public:
  explicit UdpPath(const Ends& ends);

  /// Writes the frame with `query` with that id from that port, with all checksums except those that the card
  /// fills in. `query` has 0 for its id, and `sum` is that of its words. `frame` has room for 62 bytes and
  /// the query. Returns its size in bytes, at least 60.
  size_t write(wire::MutableBytes frame, uint16_t source_port, uint16_t id, wire::Bytes query, uint16_t sum,
               frame::Offload tx_offload, frame::Layout& layout) const;

  enum class Kind : uint8_t { reply, foreign, damaged };
  struct Read {
    Kind kind = Kind::foreign;  // foreign: no UDP from the server to a port of ours; damaged: a bad length or
                                // checksum
    uint16_t port = 0;          // destination port
    wire::Bytes payload;
  };
  /// Classifies a received frame. Reads nothing past its end.
  [[nodiscard]] Read read(wire::Bytes frame, frame::Offload verified) const;

 private:
  [[nodiscard]] size_t ip_size() const { return ipv6_ ? frame::kIpv6Size : frame::kIpv4Size; }
  [[nodiscard]] bool is_ours(wire::Bytes frame) const;

  bool ipv6_;
  uint16_t server_port_;
  std::array<uint8_t, frame::kEthernetSize + frame::kIpv6Size> headers_{};  // all except the lengths and sums
  std::array<uint8_t, 32> addresses_back_{};  // addresses of a reply: the server's, then ours
  size_t addresses_size_;                     // of both together
  uint16_t ip_sum_ = 0;                       // of the IPv4 header in headers_
  uint16_t pseudo_sum_ = 0;                   // of both addresses
};

}  // namespace ptrd::load
