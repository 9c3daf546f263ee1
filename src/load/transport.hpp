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

/// Queries at most that a sender hands to its transport at once.
inline constexpr size_t kSendBatch = 64;
/// Replies at most that a transport hands on at once.
inline constexpr size_t kReceiveBatch = 32;

/// A query on its way out.
struct Outgoing {
  Numbering::Mark mark;
  wire::Bytes query;  // its first two bytes, the id, are 0; the transport sends `mark.id` there
  uint16_t sum = 0;   // of the query's 16-bit words, as frame::fold gives it
};

/// A reply as it came. `sender` and the mark's flow say which port it came to.
struct Incoming {
  uint32_t sender = 0;
  uint32_t flow = 0;
  wire::Bytes reply;
};

/// One thread's way to the server. None of the calls blocks but `wait`.
template <typename T>
concept Transport = requires(T t, std::span<const Outgoing> queries,
                             void (*take)(std::span<const Incoming>)) {
  /// Sends queries from the front; returns how many were taken.
  { t.send(queries) } -> std::same_as<size_t>;
  /// Calls `take` with replies that have come, some at a time; returns how many frames or datagrams came.
  { t.receive(take) } -> std::same_as<size_t>;
  /// Frames that came and were no whole datagrams, since the start.
  { t.damaged() } -> std::same_as<uint64_t>;
  /// Replies that came and were lost before `receive` could see them, since the start.
  { t.overrun() } -> std::same_as<uint64_t>;
  /// Sleeps until something comes, or for that time (below a second), or not at all.
  { t.wait(std::chrono::nanoseconds()) } -> std::same_as<void>;
};

}  // namespace ptrd::load
