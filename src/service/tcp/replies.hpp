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

/// The end of a reply in a stream of replies, and its kind.
struct ReplyMark {
  uint32_t end;
  answer::Kind kind;
};

/// Counts the replies from `first` on that are completely within the first `sent` bytes; returns the number
/// of the first one that is not.
[[nodiscard]] size_t count_sent(std::span<const ReplyMark> marks, size_t first, size_t sent,
                                datapath::Counters& counters);

/// Consecutive replies to a connection with their length fields, so that many are sent in one write. One per
/// thread: a connection keeps a copy of what it cannot send at once.
class ReplyBatch {
 public:
  ReplyBatch();
  /// Whether there is room for one more reply of any size.
  [[nodiscard]] bool has_room() const { return size_ + kRoomForOne <= kCapacity; }
  /// Answers `message` (at most kMaxMessage bytes); requires `has_room`. Counts the message as received, and
  /// its outcome if there is no reply.
  void add(const datapath::Serving& serving, wire::Bytes message, const policy::Client& client,
           datapath::Counters& counters);
  [[nodiscard]] wire::Bytes bytes() const { return wire::Bytes(buffer_).first(size_); }
  [[nodiscard]] std::span<const ReplyMark> marks() const { return marks_; }
  void clear();

 private:
  /// The largest reply, its length field, and the bytes after it that the engine may overwrite.
  static constexpr size_t kRoomForOne = kLengthSize + kMaxMessage + 64;
  /// The number of bytes gathered before they have to be written.
  static constexpr size_t kCapacity = kRoomForOne + (32 << 10);

  datapath::MessageStations stations_;
  std::vector<uint8_t> buffer_;
  size_t size_ = 0;
  std::vector<ReplyMark> marks_;
};

}  // namespace ptrd::service
