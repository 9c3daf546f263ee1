// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/dpdk/frame_ring.hpp"

#include <new>

namespace ptrd::port {

namespace {

/// In our own memory: rte_ring_create would need a unique name.
rte_ring* make_ring(unsigned size) {
  const unsigned slots = rte_align32pow2(size + 1);
  const auto bytes = static_cast<size_t>(rte_ring_get_memsize(slots));
  auto* ring = static_cast<rte_ring*>(std::aligned_alloc(alignof(rte_ring), bytes));
  if (ring == nullptr) throw std::bad_alloc();
  (void)rte_ring_init(ring, "frames", size, RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
  return ring;
}

}  // namespace

FrameRing::FrameRing(unsigned size) : ring_(make_ring(size), &std::free) {}

FrameRing::~FrameRing() {
  if (!ring_) return;
  for (rte_mbuf* frame = nullptr; pop({&frame, 1}) == 1;) rte_pktmbuf_free(frame);
}

}  // namespace ptrd::port
