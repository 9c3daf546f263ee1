// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::wire {

/// What follows a record's owner in a message (RFC 1035 4.1.3).
struct RecordFields {
  uint16_t type = 0;
  uint16_t rclass = 0;
  uint32_t ttl = 0;  // seconds
  Bytes rdata;       // in its place: names in it may be compressed
  size_t end = 0;    // offset behind the record

  [[nodiscard]] bool is(Type wanted) const { return type == static_cast<uint16_t>(wanted); }
};

/// The fields at `offset` of `message`, where the owner's name ends. Nothing when they run out of it.
[[nodiscard]] inline std::optional<RecordFields> read_record_fields(Bytes message, size_t offset) {
  Cursor cursor(message, offset);
  RecordFields fields;
  fields.type = cursor.u16();
  fields.rclass = cursor.u16();
  fields.ttl = cursor.u32();
  fields.rdata = cursor.take(cursor.u16());
  fields.end = cursor.position();
  if (!cursor.ok()) return std::nullopt;
  return fields;
}

struct MessageQuestion {
  Name name;
  uint16_t type = 0;
  uint16_t rclass = 0;
};

struct MessageRecord : RecordFields {
  Name owner;
};

/// Reads the parts of a message one after the other, behind its header. Bounded: each part takes bytes of the
/// message, and names only lead backward. After an error there is nothing more to read.
class MessageReader {
 public:
  explicit MessageReader(Bytes message) : message_(message) {}

  [[nodiscard]] std::optional<MessageQuestion> question();
  [[nodiscard]] std::optional<MessageRecord> record();

  /// The data of a record of this message with its names written out, as far as the type's layout has any
  /// (RFC 3597 4). Nothing when a name is malformed or does not end within the data.
  [[nodiscard]] std::optional<std::vector<uint8_t>> plain_rdata(const RecordFields& record) const;

 private:
  Bytes message_;
  size_t at_ = kHeaderSize;
};

}  // namespace ptrd::wire
