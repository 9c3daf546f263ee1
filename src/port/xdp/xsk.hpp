// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <sys/socket.h>
#include <xdp/xsk.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "datapath/counters.hpp"
#include "datapath/messages.hpp"
#include "datapath/port.hpp"
#include "port/interface.hpp"

namespace ptrd::port {

/// Bytes of a umem frame for packets of `mtu` bytes: 2048 if such a packet fits after the 256 bytes of
/// headroom that the kernel keeps, with room for the longest reply (1232 bytes and its headers) and the bytes
/// after it that the engine may overwrite; otherwise a page, the largest size that the kernel accepts.
[[nodiscard]] constexpr uint32_t umem_frame_size(unsigned mtu) {
  constexpr unsigned kKernelHeadroom = 256;  // XDP_PACKET_HEADROOM
  constexpr unsigned kEthernet = 14 + 4;     // and a VLAN tag
  return kKernelHeadroom + kEthernet + mtu <= 2048 ? 2048 : 4096;
}

/// Frames that the kernel lost on one socket before a worker could see them.
struct XskLosses {
  uint64_t no_buffer = 0;  // the fill ring was empty, or the frame too large for a buffer
  uint64_t ring_full = 0;  // the receive ring was full

  void add_to(datapath::Totals& totals) const;
};

/// An AF_XDP socket on one queue of an interface, with a umem of its own: four rings, and the frames that are
/// not on any of them. One thread at a time may call receive, send and release.
///
/// Every frame is in one place: on the fill ring or in the kernel's hands, on the receive ring, with the
/// worker, in flight on the send side, or free. At most half of them are in flight, so that unsent replies
/// cannot starve the fill ring.
class Xsk {
 public:
  /// Binds to the queue: zero-copy if the driver supports it, otherwise copy mode. It gets no frames before
  /// its descriptor is in a program's XSKMAP. Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<std::unique_ptr<Xsk>, std::string> open(const Interface& interface,
                                                                            unsigned queue);
  Xsk(const Xsk&) = delete;
  Xsk& operator=(const Xsk&) = delete;
  ~Xsk();

  [[nodiscard]] int fd() const { return xsk_socket__fd(socket_); }
  [[nodiscard]] bool zero_copy() const { return zero_copy_; }
  [[nodiscard]] XskLosses losses() const;

  size_t receive(std::span<datapath::Frame> frames);
  /// Takes free buffers for frames of our own; fills from the front, returns their number.
  size_t allocate(std::span<datapath::Frame> frames);
  size_t send(std::span<datapath::Frame> frames);
  void release(std::span<datapath::Frame> frames);

 private:
  /// Entries of each ring. At 600,000 queries a second they last 7 ms, in which a worker may be off its CPU.
  static constexpr uint32_t kRing = 4096;
  static constexpr uint32_t kFrames = 2 * kRing;
  /// Retries of a send while the ring is full, as in EthdevQueue.
  static constexpr unsigned kRetries = 256;

  struct Unmap {
    size_t size;
    void operator()(uint8_t* memory) const;
  };

  Xsk() = default;
  tl::expected<void, std::string> bind(const Interface& interface, unsigned queue);
  [[nodiscard]] uint64_t frame_of(const datapath::Frame& frame) const {
    return static_cast<uint64_t>(frame.data - memory_.get()) & ~uint64_t{frame_size_ - 1};
  }
  void refill();
  void complete();
  void kick();
  /// Descriptors on the send ring that the kernel has not consumed.
  [[nodiscard]] bool unsent() const {
    return __atomic_load_n(tx_.consumer, __ATOMIC_RELAXED) != tx_.cached_prod;
  }

  uint32_t frame_size_ = 0;
  bool zero_copy_ = false;
  std::unique_ptr<uint8_t, Unmap> memory_{nullptr, Unmap{0}};
  xsk_umem* umem_ = nullptr;
  xsk_socket* socket_ = nullptr;
  xsk_ring_prod fill_{};
  xsk_ring_cons completion_{};
  xsk_ring_cons rx_{};
  xsk_ring_prod tx_{};
  uint32_t in_flight_ = 0;  // on the send ring, not yet back from the completion ring
  uint32_t free_count_ = 0;
  std::vector<uint64_t> free_;  // last in, first out: the last one may still be in the cache
};

/// The `datapath::Port` of the worker on that queue.
class XskQueue {
 public:
  explicit XskQueue(Xsk& xsk) : xsk_(&xsk) {}
  size_t receive(std::span<datapath::Frame> frames) { return xsk_->receive(frames); }
  size_t send(std::span<datapath::Frame> frames) { return xsk_->send(frames); }
  /// No path: the program has already passed frames for the kernel to it, so that hardly any frame gets here.
  static std::optional<size_t> punt(std::span<datapath::Frame> /*frames*/) { return std::nullopt; }
  void release(std::span<datapath::Frame> frames) { xsk_->release(frames); }
  /// AF_XDP does not report checksums verified by the card, and cannot have it fill in any.
  [[nodiscard]] frame::Offload tx_offload() const { return {}; }
  /// The program has compared them.
  [[nodiscard]] const frame::OwnAddresses& own() const { return frame::kEveryAddress; }

 private:
  Xsk* xsk_;
};
static_assert(datapath::Port<XskQueue>);

inline void Xsk::complete() {
  if (in_flight_ == 0) return;
  uint32_t at = 0;
  const uint32_t done = xsk_ring_cons__peek(&completion_, in_flight_, &at);
  if (done == 0) return;
  for (uint32_t i = 0; i < done; ++i) {
    const uint64_t address = *xsk_ring_cons__comp_addr(&completion_, at + i);
    free_[free_count_++] = address & ~uint64_t{frame_size_ - 1};
  }
  xsk_ring_cons__release(&completion_, done);
  in_flight_ -= done;
}

inline void Xsk::refill() {
  const uint32_t count = std::min(free_count_, xsk_prod_nb_free(&fill_, free_count_));
  uint32_t at = 0;
  if (count == 0 || xsk_ring_prod__reserve(&fill_, count, &at) == 0) return;
  for (uint32_t i = 0; i < count; ++i) *xsk_ring_prod__fill_addr(&fill_, at + i) = free_[--free_count_];
  xsk_ring_prod__submit(&fill_, count);
}

inline void Xsk::kick() {
  // The result can be ignored: after EAGAIN, EBUSY and ENOBUFS there will be another kick as long as
  // something is unsent; the service notices an interface that is gone.
  if (xsk_ring_prod__needs_wakeup(&tx_)) (void)::sendto(fd(), nullptr, 0, MSG_DONTWAIT, nullptr, 0);
}

inline size_t Xsk::receive(std::span<datapath::Frame> frames) {
  complete();
  refill();
  uint32_t at = 0;
  const uint32_t count = xsk_ring_cons__peek(&rx_, static_cast<uint32_t>(frames.size()), &at);
  if (count == 0) {
    if (unsent()) kick();
    if (xsk_ring_prod__needs_wakeup(&fill_))
      (void)::recvfrom(fd(), nullptr, 0, MSG_DONTWAIT, nullptr, nullptr);
    return 0;
  }
  for (uint32_t i = 0; i < count; ++i) {
    const xdp_desc* descriptor = xsk_ring_cons__rx_desc(&rx_, at + i);
    datapath::Frame& frame = frames[i];
    frame.data = memory_.get() + descriptor->addr;
    frame.size = descriptor->len;
    frame.room = frame_size_ - (static_cast<uint32_t>(descriptor->addr) & (frame_size_ - 1));
    frame.verified = {};
  }
  xsk_ring_cons__release(&rx_, count);
  return count;
}

inline size_t Xsk::send(std::span<datapath::Frame> frames) {
  size_t sent = 0;
  for (unsigned tries = 0; sent < frames.size() && tries <= kRetries; ++tries) {
    const auto rest = static_cast<uint32_t>(frames.size() - sent);
    const uint32_t count = std::min(rest, kRing - in_flight_);
    uint32_t at = 0;
    if (count > 0 && xsk_ring_prod__reserve(&tx_, count, &at) == count) {
      for (uint32_t i = 0; i < count; ++i) {
        const datapath::Frame& frame = frames[sent + i];
        *xsk_ring_prod__tx_desc(&tx_, at + i) = {
            .addr = static_cast<uint64_t>(frame.data - memory_.get()), .len = frame.size, .options = 0};
      }
      xsk_ring_prod__submit(&tx_, count);
      in_flight_ += count;
      sent += count;
    }
    kick();
    // A kick sends 32 frames at most in copy mode: the frames left by an earlier one would stay in front for
    // ever.
    if (unsent()) kick();
    if (sent < frames.size()) complete();
  }
  return sent;
}

inline size_t Xsk::allocate(std::span<datapath::Frame> frames) {
  if (free_count_ < frames.size()) complete();
  const auto count = std::min<uint32_t>(free_count_, static_cast<uint32_t>(frames.size()));
  for (uint32_t i = 0; i < count; ++i) {
    frames[i].data = memory_.get() + free_[--free_count_];
    frames[i].room = frame_size_;
  }
  return count;
}

inline void Xsk::release(std::span<datapath::Frame> frames) {
  for (const datapath::Frame& frame : frames) free_[free_count_++] = frame_of(frame);
}

}  // namespace ptrd::port
