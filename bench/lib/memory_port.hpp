// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "datapath/messages.hpp"
#include "datapath/port.hpp"
#include "lib/queries.hpp"
#include "lib/require.hpp"

namespace ptrd::bench {

/// Frames to be received, one behind the other, and the buffers that they are received into.
class MemoryQueue {
 public:
  /// Bytes of a frame at most.
  static constexpr size_t kFrameSize = 192;

  /// `count` must be a multiple of datapath::kBurst.
  explicit MemoryQueue(size_t count)
      : frames_(count * kFrameSize), sizes_(count), buffers_(datapath::kBurst * kBufferStride) {
    require(count % datapath::kBurst == 0, "frames must come in whole bursts");
  }
  void set(size_t i, wire::Bytes frame) {
    require(frame.size() <= kFrameSize, "a frame is too large for the memory port");
    std::copy(frame.begin(), frame.end(), frames_.begin() + static_cast<ptrdiff_t>(i * kFrameSize));
    sizes_[i] = static_cast<uint8_t>(frame.size());
  }
  /// The first frame is received next.
  void rewind() { next_ = 0; }
  [[nodiscard]] size_t count() const { return sizes_.size(); }
  /// What was sent last; valid until the worker's next burst.
  [[nodiscard]] std::span<const datapath::Frame> sent() const { return sent_; }

 private:
  friend class MemoryPort;
  /// An odd number of cache lines, as DPDK's pools have it: else all frames would fall into a few sets of the
  /// cache.
  static constexpr size_t kBufferStride = 37 * 64;
  static constexpr size_t kRoom = 2048;

  std::vector<uint8_t> frames_;
  std::vector<uint8_t> sizes_;
  std::vector<uint8_t> buffers_;
  std::span<const datapath::Frame> sent_;
  size_t next_ = 0;
};

/// A `datapath::Port` over a MemoryQueue: receives its frames round and round, a whole burst a time, by a
/// copy into a buffer as a card or net_pcap makes one; sends to nowhere.
class MemoryPort {
 public:
  /// `verified`: what the card says that it has checked.
  explicit MemoryPort(MemoryQueue& queue, frame::Offload verified = {})
      : queue_(&queue), verified_(verified) {}

  size_t receive(std::span<datapath::Frame> frames) {
    MemoryQueue& q = *queue_;
    for (size_t i = 0; i < datapath::kBurst; ++i) {
      uint8_t* buffer = &q.buffers_[i * MemoryQueue::kBufferStride];
      std::memcpy(buffer, &q.frames_[(q.next_ + i) * MemoryQueue::kFrameSize], MemoryQueue::kFrameSize);
      frames[i].data = buffer;
      frames[i].size = q.sizes_[q.next_ + i];
      frames[i].room = MemoryQueue::kRoom;
      frames[i].verified = verified_;
    }
    q.next_ += datapath::kBurst;
    if (q.next_ == q.count()) q.next_ = 0;
    return datapath::kBurst;
  }
  size_t send(std::span<datapath::Frame> frames) {
    queue_->sent_ = frames;
    return frames.size();
  }
  std::optional<size_t> punt(std::span<datapath::Frame>) { return std::nullopt; }
  void release(std::span<datapath::Frame>) {}
  [[nodiscard]] frame::Offload tx_offload() const { return {}; }
  /// Those that the queries are for: an address of either IP version.
  [[nodiscard]] const frame::OwnAddresses& own() const { return own_addresses(); }

 private:
  MemoryQueue* queue_;
  frame::Offload verified_;
};
static_assert(datapath::Port<MemoryPort>);

}  // namespace ptrd::bench
