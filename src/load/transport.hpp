// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <span>

#include "load/numbering.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::load {

/// The most queries that a sender hands to its transport at once.
inline constexpr size_t kSendBatch = 64;
/// The most replies that a transport delivers at once.
inline constexpr size_t kReceiveBatch = 32;

/// A query to be sent.
struct Outgoing {
  Numbering::Mark mark;
  wire::Bytes query;  // its first two bytes, the id, are 0; the transport writes `mark.id` there
  uint16_t sum = 0;   // of the query's 16-bit words, as frame::fold gives it
};

/// A received reply. `sender` and the mark's flow identify the port where it arrived.
struct Incoming {
  uint32_t sender = 0;
  uint32_t flow = 0;
  wire::Bytes reply;
};

/// One thread's path to the server. None of the calls blocks except `wait`.
template <typename T>
concept Transport = requires(T t, std::span<const Outgoing> queries,
                             void (*take)(std::span<const Incoming>)) {
  /// Sends queries from the front; returns how many were accepted.
  { t.send(queries) } -> std::same_as<size_t>;
  /// Calls `take` with received replies, in batches; returns how many frames or datagrams were received.
  { t.receive(take) } -> std::same_as<size_t>;
  /// Frames received since the start that were not complete datagrams.
  { t.damaged() } -> std::same_as<uint64_t>;
  /// Replies received since the start but lost before `receive` could read them.
  { t.overrun() } -> std::same_as<uint64_t>;
  /// Sleeps until something arrives, or for that time (below a second), or not at all.
  { t.wait(std::chrono::nanoseconds()) } -> std::same_as<void>;
};

}  // namespace ptrd::load
