// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>

#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::answer {

/// Appends records to a reply behind its question, names compressed against those already there (RFC
/// 1035 4.1.4). A record set goes in whole or not at all (RFC 2181 9).
class MessageWriter {
 public:
  /// The question, without which no reply gets here, ends at `question_end`; records may reach to `end`.
  MessageWriter(wire::MutableBytes buffer, size_t question_end, size_t end);

  [[nodiscard]] size_t size() const { return at_; }
  /// The set's records (wire form, owner 0xC00C each) under the owner `owner`; adds their number to `count`.
  /// False, and nothing written, when they do not fit.
  [[nodiscard]] bool add(wire::Bytes owner, uint16_t type, wire::Bytes records, uint16_t& count);
  /// One record as it is stored, its owner a pointer to `owner_at`. Its names do not become targets of later
  /// pointers. Returns where it stands; null, and nothing written, when it does not fit.
  [[nodiscard]] uint8_t* add_stored(size_t owner_at, wire::Bytes record, uint16_t& count);
  /// One record with the data given.
  [[nodiscard]] bool add_one(wire::Bytes owner, wire::Type type, uint32_t ttl, wire::Bytes rdata,
                             uint16_t& count);

 private:
  /// Labels whose place in the message may be pointed at.
  static constexpr size_t kMostTargets = 96;

  [[nodiscard]] bool put(wire::Bytes bytes);
  [[nodiscard]] bool put_name(wire::Bytes name, bool compress);
  [[nodiscard]] bool put_rdata(uint16_t type, wire::Bytes rdata);
  [[nodiscard]] bool put_record(wire::Bytes owner, uint16_t type, wire::Bytes fixed, wire::Bytes rdata);
  [[nodiscard]] size_t find(wire::Bytes name) const;
  [[nodiscard]] bool equals_at(size_t offset, wire::Bytes name) const;
  void remember(size_t offset);

  wire::MutableBytes buffer_;
  size_t at_;
  size_t end_;
  std::array<uint16_t, kMostTargets> targets_;
  size_t target_count_ = 0;
};

}  // namespace ptrd::answer
