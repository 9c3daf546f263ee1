// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "change/serial.hpp"
#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::change {

/// What is done with a record, as in the update section of an UPDATE message (RFC 2136 2.5).
enum class Op : uint8_t {
  add,            // 2.5.1, class IN: to the RRset of its owner and type
  remove_record,  // 2.5.4, class NONE: the record with this data, whatever its TTL
  remove_set,     // 2.5.2, class ANY: the whole RRset
  remove_name,    // 2.5.3, class ANY and type ANY: all RRsets of the name; at the apex all but SOA and NS
};

/// One change. The spans are valid as long as the bytes that they were read from.
struct Record {
  Op op = Op::add;
  wire::Bytes owner;  // uncompressed, whole, case kept
  uint16_t type = 0;  // remove_name: ANY
  uint32_t ttl = 0;   // of `add` only
  wire::Bytes rdata;  // of `add` and `remove_record` only; names in it uncompressed

  [[nodiscard]] bool is(wire::Type wanted) const { return type == wire::code(wanted); }
};

/// Limit for the changesets of one request, bytes.
inline constexpr size_t kMaxBatch = size_t{64} << 20;

/// The head of an encoded changeset. Numbers are in network order.
///
///     0   4  "PtC1"
///     4   4  size of the changeset with this head, bytes
///     8   4  number of records
///     12  4  the serial that the zone must have, or 0
///     16  1  1: it must have that serial; 0: any
///     17  1  the serial's rule
///     18  2  0
///
/// The apex follows as a name, then the records as in an UPDATE message, no name compressed.
inline constexpr size_t kHeadSize = 20;
inline constexpr uint32_t kMagic = 0x5074'4331;

/// The changes of one zone, applied in their order, all of them or none. Refers to bytes that it has checked;
/// these must stay. Small: a copy costs nothing.
class Changeset {
 public:
  /// Reads the records one after another. There are no errors: they have been checked.
  class Iterator {
   public:
    using value_type = Record;
    using difference_type = ptrdiff_t;
    using iterator_concept = std::forward_iterator_tag;

    Iterator() = default;
    explicit Iterator(wire::Bytes rest) : rest_(rest) {}
    [[nodiscard]] Record operator*() const;
    Iterator& operator++();
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    [[nodiscard]] bool operator==(const Iterator& other) const { return rest_.size() == other.rest_.size(); }

   private:
    wire::Bytes rest_;
  };

  /// Exactly one changeset. What is checked: class IN, sizes, TTLs; types and data as RFC 2136 3.4.1 demands;
  /// owners at or below the apex; whole, uncompressed names; no removal of a SOA record, whose successor
  /// replaces it. Error: one line that says which record is wrong.
  [[nodiscard]] static tl::expected<Changeset, std::string> decode(wire::Bytes bytes);

  [[nodiscard]] wire::Name apex() const;
  /// The serial that the zone must have; empty: any.
  [[nodiscard]] std::optional<uint32_t> from() const;
  /// For the zone's new serial if no record adds a SOA.
  [[nodiscard]] SerialRule rule() const;
  [[nodiscard]] uint32_t size() const { return wire::load32(&bytes_[8]); }
  [[nodiscard]] Iterator begin() const { return Iterator(bytes_.subspan(records_)); }
  [[nodiscard]] Iterator end() const { return Iterator(bytes_.last(0)); }
  /// Its encoded form.
  [[nodiscard]] wire::Bytes bytes() const { return bytes_; }

 private:
  Changeset(wire::Bytes bytes, size_t records) : bytes_(bytes), records_(static_cast<uint16_t>(records)) {}

  wire::Bytes bytes_;
  uint16_t records_;  // where they begin
};

/// The changesets of a request, one after another: at least one, at most kMaxBatch bytes. Error: one line.
[[nodiscard]] tl::expected<std::vector<Changeset>, std::string> decode_batch(wire::Bytes bytes);

/// Encodes a changeset. Takes what it is given: `decode` is the check.
class Builder {
 public:
  explicit Builder(const wire::Name& apex, std::optional<uint32_t> from = std::nullopt,
                   SerialRule rule = SerialRule::increment);

  /// Demands that the zone has this serial.
  void set_from(uint32_t serial);
  /// Data of at most 65,535 bytes.
  void put(const Record& record);
  [[nodiscard]] uint32_t size() const { return count_; }
  /// Size of the changeset so far, bytes.
  [[nodiscard]] size_t byte_count() const { return out_.size(); }
  /// The changeset. The builder is empty then, and must not be used again.
  [[nodiscard]] std::string finish();

 private:
  std::string out_;
  uint32_t count_ = 0;
};

}  // namespace ptrd::change
