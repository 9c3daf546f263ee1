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

/// Frames that a worker sends on behalf of the kernel, on a card without a spare send queue. The exception
/// thread fills the ring; the worker empties it and writes the counters.
struct SentByWorker {
  FrameRing frames;
  alignas(64) datapath::Counter sent;
  datapath::Counter full;  // not accepted by the card
};

/// A worker's ends of the path to the kernel and back; null if there is none.
struct KernelEnd {
  FrameRing* punted = nullptr;
  SentByWorker* to_send = nullptr;
};

}  // namespace ptrd::port
