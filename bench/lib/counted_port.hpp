// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <valgrind/callgrind.h>

#include <optional>
#include <span>

#include "lib/memory_port.hpp"

namespace ptrd::bench {

/// A memory port for callgrind: counts instructions between receive and send, without those of the port
/// itself.
class CountedPort {
 public:
  explicit CountedPort(MemoryQueue& queue) : port_(queue) {}
  size_t receive(std::span<datapath::Frame> frames) {
    const size_t received = port_.receive(frames);
    CALLGRIND_TOGGLE_COLLECT;
    return received;
  }
  size_t send(std::span<datapath::Frame> frames) {
    CALLGRIND_TOGGLE_COLLECT;
    return port_.send(frames);
  }
  std::optional<size_t> punt(std::span<datapath::Frame> frames) { return port_.punt(frames); }
  void release(std::span<datapath::Frame> frames) { port_.release(frames); }
  [[nodiscard]] frame::Offload tx_offload() const { return port_.tx_offload(); }
  [[nodiscard]] const frame::OwnAddresses& own() const { return port_.own(); }

 private:
  MemoryPort port_;
};

}  // namespace ptrd::bench
