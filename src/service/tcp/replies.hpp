// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "datapath/counters.hpp"
#include "datapath/worker.hpp"
#include "service/tcp/framing.hpp"

namespace ptrd::service {

/// Where a reply ends in a stream of them, and what it is.
struct ReplyMark {
  uint32_t end;
  answer::Kind kind;
};

/// Counts the replies that lie wholly in the first `sent` bytes, from `first` on; returns the number of the
/// first that does not.
[[nodiscard]] size_t count_sent(std::span<const ReplyMark> marks, size_t first, size_t sent,
                                datapath::Counters& counters);

/// Replies on their way into a connection, one behind the other with their lengths, so that many leave in one
/// write. One for a thread: what a connection does not take at once it keeps itself.
class ReplyBatch {
 public:
  ReplyBatch();
  /// Room for one more, whatever its size.
  [[nodiscard]] bool has_room() const { return size_ + kRoomForOne <= kCapacity; }
  /// Answers `message` (kMaxMessage bytes at most); needs `has_room`. It has been received, and is counted
  /// here if there is no reply to it.
  void add(const answer::Engine& engine, wire::Bytes message, datapath::Counters& counters);
  [[nodiscard]] wire::Bytes bytes() const { return wire::Bytes(buffer_).first(size_); }
  [[nodiscard]] std::span<const ReplyMark> marks() const { return marks_; }
  void clear();

 private:
  /// The largest reply, its length, and what the engine may scribble on behind it.
  static constexpr size_t kRoomForOne = kLengthSize + kMaxMessage + 64;
  /// As much is gathered before it has to be written.
  static constexpr size_t kCapacity = kRoomForOne + (32 << 10);

  std::vector<uint8_t> buffer_;
  size_t size_ = 0;
  std::vector<ReplyMark> marks_;
};

}  // namespace ptrd::service
