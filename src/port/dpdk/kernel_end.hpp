// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <rte_mempool.h>

#include <cstdint>
#include <optional>

#include "datapath/counters.hpp"
#include "port/dpdk/frame_ring.hpp"

namespace ptrd::port {

/// A card as the exception path sees it.
struct CardEnd {
  uint16_t port = 0;
  unsigned workers = 0;
  rte_mempool* pool = nullptr;
  std::optional<uint16_t> send_queue;  // one that no worker uses
};

/// Frames of the kernel's that a worker sends for it, on a card that has no send queue to spare. The
/// exception thread fills the ring; the worker empties it and writes the counters.
struct SentByWorker {
  FrameRing frames;
  alignas(64) datapath::Counter sent;
  datapath::Counter full;  // not taken by the card
};

/// A worker's ends of the way to the kernel and back; null where there is none.
struct KernelEnd {
  FrameRing* punted = nullptr;
  SentByWorker* to_send = nullptr;
};

}  // namespace ptrd::port
