// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <bit>

#include "datapath/messages.hpp"
#include "datapath/port.hpp"
#include "load/transport.hpp"
#include "load/transport/udp_path.hpp"

namespace ptrd::load {

/// A port that can also create frames, not only turn them around.
template <typename P>
concept FramePort = datapath::Port<P> && requires(P port, std::span<datapath::Frame> frames) {
  /// Empty buffers for frames, from the front; returns how many there were.
  { port.allocate(frames) } -> std::same_as<size_t>;
  /// As in Transport.
  { port.overrun() } -> std::same_as<uint64_t>;
  { port.wait(std::chrono::nanoseconds()) } -> std::same_as<void>;
};

/// Queries as frames on a card's queue. Flow f of sender s has the source port kFirstPort + s * flows + f, so
/// a reply identifies its sender, whatever queue it arrives on.
template <FramePort P>
class FrameTransport {
 public:
  FrameTransport(P port, const Ends& ends, uint32_t sender, uint32_t flows)
      : port_(port),
        path_(ends),
        first_port_(kFirstPort + sender * flows),
        flows_(flows),
        flow_bits_(static_cast<unsigned>(std::countr_zero(flows))) {}

  size_t send(std::span<const Outgoing> queries) {
    size_t sent = 0;
    while (sent < queries.size()) {
      const auto batch = queries.subspan(sent, std::min(queries.size() - sent, datapath::kBurst));
      const size_t taken = send_batch(batch);
      sent += taken;
      if (taken < batch.size()) break;
    }
    return sent;
  }

  template <typename Take>
  size_t receive(Take&& take) {
    const size_t count = port_.receive(frames_);
    if (count == 0) return 0;
    size_t replies = 0;
    for (size_t i = 0; i < std::min(kAhead, count); ++i) __builtin_prefetch(frames_[i].data);
    for (size_t i = 0; i < count; ++i) {
      if (i + kAhead < count) __builtin_prefetch(frames_[i + kAhead].data);
      const datapath::Frame& frame = frames_[i];
      const UdpPath::Read read = path_.read({frame.data, frame.size}, frame.verified);
      damaged_ += read.kind == UdpPath::Kind::damaged ? 1 : 0;
      if (read.kind != UdpPath::Kind::reply) continue;
      const auto flow = static_cast<uint32_t>(read.port - kFirstPort);
      // The number of flows is a power of two.
      replies_[replies++] = {
          .sender = flow >> flow_bits_, .flow = flow & (flows_ - 1), .reply = read.payload};
    }
    take(std::span<const Incoming>(replies_).first(replies));
    port_.release(std::span(frames_).first(count));
    return count;
  }

  void wait(std::chrono::nanoseconds time) { port_.wait(time); }
  [[nodiscard]] uint64_t damaged() const { return damaged_; }
  [[nodiscard]] uint64_t overrun() const { return port_.overrun(); }

 private:
  /// Frames whose headers are prefetched before the current one.
  static constexpr size_t kAhead = 4;
  static_assert(datapath::kBurst <= kReceiveBatch);

  size_t send_batch(std::span<const Outgoing> queries) {
    const size_t count = port_.allocate(std::span(frames_).first(queries.size()));
    for (size_t i = 0; i < count; ++i) {
      datapath::Frame& frame = frames_[i];
      const auto source = static_cast<uint16_t>(first_port_ + queries[i].mark.flow);
      frame.size = static_cast<uint32_t>(path_.write({frame.data, frame.room}, source, queries[i].mark.id,
                                                     queries[i].query, queries[i].sum, port_.tx_offload(),
                                                     frame.layout));
    }
    const size_t sent = port_.send(std::span(frames_).first(count));
    port_.release(std::span(frames_).subspan(sent, count - sent));
    return sent;
  }

  P port_;
  UdpPath path_;
  uint32_t first_port_;
  uint32_t flows_;
  unsigned flow_bits_;
  uint64_t damaged_ = 0;
  std::array<datapath::Frame, datapath::kBurst> frames_;
  std::array<Incoming, datapath::kBurst> replies_;
};

}  // namespace ptrd::load
