// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>

#include "ptrd/frame/frame.hpp"

namespace ptrd::datapath {

/// An Ethernet frame in a buffer of the port's. Whoever holds it gives it back by `send`, `punt` or
/// `release`.
struct Frame {
  uint8_t* data = nullptr;
  uint32_t size = 0;        // bytes of the frame, without FCS; of its first part, where it has several
  uint32_t room = 0;        // bytes from `data` to the buffer's end; 0: the frame has several parts
  frame::Offload verified;  // what the card has checked
  frame::Layout layout;     // set by the worker for what it sends
  void* handle = nullptr;   // the port's own
};

/// One receive queue and one send queue of a network card, whatever drives it: what a worker polls. None of
/// the calls blocks, allocates or locks.
template <typename P>
concept Port = requires(P port, std::span<Frame> frames) {
  /// Fills frames from the front; returns how many.
  { port.receive(frames) } -> std::same_as<size_t>;
  /// Sends frames from the front, `size` and `layout` set; returns how many were taken, after what retries
  /// make sense.
  { port.send(frames) } -> std::same_as<size_t>;
  /// Hands frames, as they were received, to the kernel (invariant 8); returns how many were taken, from the
  /// front, or nothing where the port has no path to it.
  { port.punt(frames) } -> std::same_as<std::optional<size_t>>;
  /// Gives frames back unsent.
  { port.release(frames) } -> std::same_as<void>;
  /// Checksums that the card fills in.
  { port.tx_offload() } -> std::same_as<frame::Offload>;
  /// The addresses that queries have to be for: asked once a burst, and valid until the worker is quiescent.
  { port.own() } -> std::same_as<const frame::OwnAddresses&>;
};

}  // namespace ptrd::datapath
