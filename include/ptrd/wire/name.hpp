// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::wire {

/// Limits of RFC 1035 2.3.4, in bytes; a name includes its root label.
inline constexpr size_t kMaxName = 255;
inline constexpr size_t kMaxLabel = 63;
/// A name of 255 bytes has at most 127 one-byte labels, without the root.
inline constexpr size_t kMaxLabels = 127;

/// Lower case of an ASCII octet; every other octet unchanged (RFC 4343 3).
[[nodiscard]] constexpr uint8_t lower(uint8_t c) {
  return static_cast<uint8_t>(c - 'A') < 26 ? static_cast<uint8_t>(c | 0x20) : c;
}
/// Whether `c` is an ASCII digit.
[[nodiscard]] constexpr bool is_digit(auto c) {
  return c >= '0' && c <= '9';
}
/// The same of eight octets at once.
[[nodiscard]] constexpr uint64_t lower8(uint64_t octets) {
  constexpr uint64_t kOnes = 0x0101'0101'0101'0101U;
  const uint64_t low = octets & 0x7F * kOnes;
  const uint64_t at_least_a = low + (0x80 - 'A') * kOnes;  // bit 7 of each is the result
  const uint64_t above_z = low + (0x7F - 'Z') * kOnes;
  const uint64_t upper = at_least_a & ~above_z & ~octets & 0x80 * kOnes;
  return octets | upper >> 2;
}
/// Whether two byte strings are equal, ignoring ASCII case (RFC 4343).
[[nodiscard]] bool same_ignoring_case(Bytes a, Bytes b);

/// An owned, uncompressed domain name in wire form, case preserved. Always complete: 1 to 255 bytes, ends
/// with the root.
class Name {
 public:
  /// The root.
  Name() { bytes_[0] = 0; }

  /// Presentation form (RFC 1035 5.1: `\.` and `\DDD` escapes); the final dot is optional. Error: a sentence
  /// fragment such as "label longer than 63 octets".
  static tl::expected<Name, std::string> from_text(std::string_view text);
  /// The uncompressed name at the start of `bytes`. Error: it is incomplete, compressed, or too long.
  static tl::expected<Name, std::string> from_wire(Bytes bytes);

  /// Assigns the uncompressed name at the start of `bytes`, without an allocation. False, and unchanged, if
  /// that is incomplete, compressed, or too long.
  [[nodiscard]] bool assign(Bytes bytes);

  [[nodiscard]] Bytes bytes() const { return {bytes_.data(), size_}; }
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool is_root() const { return size_ == 1; }
  /// Labels without the root.
  [[nodiscard]] size_t label_count() const;
  /// The name without its first label; the root stays the root.
  [[nodiscard]] Name parent() const;
  /// Presentation form with the final dot, special octets escaped (RFC 4343 2.1).
  [[nodiscard]] std::string to_text() const;
  /// The same name with ASCII letters in lower case.
  [[nodiscard]] Name lowered() const;
  /// Whether this name is `other` or below it, label by label (never by string suffix).
  [[nodiscard]] bool is_below_or_at(const Name& other) const;

  /// Prepends `label` (1 to 63 bytes). False, and unchanged, if the result would be too long.
  [[nodiscard]] bool prepend(Bytes label);

  /// Canonical DNS order, ignoring case (RFC 4034 6.1).
  [[nodiscard]] std::weak_ordering canonical_compare(const Name& other) const;
  /// Same name, ignoring ASCII case.
  [[nodiscard]] bool operator==(const Name& other) const {
    return same_ignoring_case(bytes(), other.bytes());
  }

 private:
  friend class NameReader;
  std::array<uint8_t, kMaxName> bytes_;
  uint8_t size_ = 1;
};

/// Presentation form of one label.
[[nodiscard]] std::string label_to_text(Bytes label);

/// The start of each label of an uncompressed wire name: label 0 is the leftmost, without the root.
struct Labels {
  std::array<uint8_t, kMaxLabels> offset;
  uint8_t count = 0;

  /// Of a complete, uncompressed name. For other bytes, the labels up to the first invalid one: for any
  /// input, the walk stays within the bytes, and so does `label`.
  explicit Labels(Bytes name);
  [[nodiscard]] Bytes label(Bytes name, size_t i) const {
    return name.subspan(offset[i] + 1U, name[offset[i]]);
  }
};

/// Size in bytes of the uncompressed name that starts at `offset`, including the root; empty if it extends
/// past `bytes`, is longer than 255 bytes, or contains a compression pointer or an extended label type (RFC
/// 1035 4.1.4, RFC 6891 5).
[[nodiscard]] std::optional<size_t> plain_name_size(Bytes bytes, size_t offset);
/// Whether `bytes` are exactly one complete, uncompressed name.
[[nodiscard]] bool is_plain_name(Bytes bytes);

/// Offset after the name at `offset` of `message`, which may end with a compression pointer. The pointer must
/// point backwards, past the header, and is not followed: skipping a name costs no more than its own bytes.
/// Empty if the name extends past `message`, is longer than 255 bytes in place, or is malformed.
[[nodiscard]] std::optional<size_t> skip_name(Bytes message, size_t offset);

/// The most pointers followed for one name: one before each label and one before the root.
inline constexpr unsigned kMaxPointers = kMaxLabels + 1;

/// Reads a possibly compressed name from `message` at `offset`; pointers must point backwards, and at most
/// kMaxPointers are followed, so it always ends, and soon (RFC 1035 4.1.4). Returns the offset after the name
/// in place; empty if it is malformed.
[[nodiscard]] std::optional<size_t> read_name(Bytes message, size_t offset, Name& out);

}  // namespace ptrd::wire
