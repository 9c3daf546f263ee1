// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>

#include "ptrd/frame/frame.hpp"

namespace ptrd::datapath {

/// An Ethernet frame in a buffer of the port. Its holder gives it back by `send`, `punt` or `release`.
struct Frame {
  uint8_t* data = nullptr;
  uint32_t size = 0;        // bytes of the frame, without FCS; of its first part if it has several
  uint32_t room = 0;        // bytes from `data` to the buffer's end; 0: the frame has several parts
  frame::Offload verified;  // the checks that the card has done
  frame::Layout layout;     // set by the worker for frames to send
  void* handle = nullptr;   // for the port's own use
};

/// What a worker polls: one receive queue and one send queue of a network card, with any driver. None of the
/// calls blocks, allocates or locks.
template <typename P>
concept Port = requires(P port, std::span<Frame> frames) {
  /// Fills frames from the front; returns how many.
  { port.receive(frames) } -> std::same_as<size_t>;
  /// Sends frames from the front, with `size` and `layout` set; returns how many were accepted, after a
  /// sensible number of retries.
  { port.send(frames) } -> std::same_as<size_t>;
  /// Hands frames to the kernel as they were received (invariant 8); returns how many were accepted, from the
  /// front, or no value if the port has no path to the kernel.
  { port.punt(frames) } -> std::same_as<std::optional<size_t>>;
  /// Gives frames back unsent.
  { port.release(frames) } -> std::same_as<void>;
  /// Checksums that the card fills in.
  { port.tx_offload() } -> std::same_as<frame::Offload>;
  /// The addresses that we answer for: read once per burst, and valid until the worker is quiescent.
  { port.own() } -> std::same_as<const frame::OwnAddresses&>;
};

}  // namespace ptrd::datapath
