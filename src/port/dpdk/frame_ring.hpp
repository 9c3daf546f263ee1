// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <rte_mbuf.h>
#include <rte_ring.h>

#include <cstdlib>
#include <memory>
#include <span>

namespace ptrd::port {

/// A ring of frames from one thread to one other. Neither side locks, waits or makes a system call; a thread
/// that is suspended in the middle does not block the other. The destructor frees the remaining frames.
class FrameRing {
 public:
  /// Room for `size` frames. Needs no EAL.
  explicit FrameRing(unsigned size);
  FrameRing(FrameRing&&) noexcept = default;
  FrameRing& operator=(FrameRing&&) = delete;
  ~FrameRing();

  /// Appends frames from the front while there is room; returns how many.
  size_t push(std::span<rte_mbuf* const> frames) {
    return rte_ring_sp_enqueue_burst(ring_.get(), reinterpret_cast<void* const*>(frames.data()),
                                     static_cast<unsigned>(frames.size()), nullptr);
  }
  /// Fills `frames` from the front with the oldest; returns how many.
  size_t pop(std::span<rte_mbuf*> frames) {
    return rte_ring_sc_dequeue_burst(ring_.get(), reinterpret_cast<void**>(frames.data()),
                                     static_cast<unsigned>(frames.size()), nullptr);
  }
  /// Minimum number of frames that the next push accepts.
  [[nodiscard]] size_t room() const { return rte_ring_free_count(ring_.get()); }
  [[nodiscard]] bool empty() const { return rte_ring_empty(ring_.get()) != 0; }

 private:
  std::unique_ptr<rte_ring, decltype(&std::free)> ring_;
};

}  // namespace ptrd::port
