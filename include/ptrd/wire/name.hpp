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

/// Limits of RFC 1035 2.3.4, in bytes; a name's includes its root label.
inline constexpr size_t kMaxName = 255;
inline constexpr size_t kMaxLabel = 63;
/// A name of 255 bytes holds at most 127 one-byte labels, the root not counted.
inline constexpr size_t kMaxLabels = 127;

/// Lower case of an ASCII octet; every other octet as it is (RFC 4343 3).
[[nodiscard]] constexpr uint8_t lower(uint8_t c) {
  return static_cast<uint8_t>(c - 'A') < 26 ? static_cast<uint8_t>(c | 0x20) : c;
}
/// Whether two byte runs are the same without regard to ASCII case (RFC 4343).
[[nodiscard]] bool same_ignoring_case(Bytes a, Bytes b);

/// An owned, uncompressed domain name in wire form, its case kept. Always whole: 1 to 255 bytes, ends with
/// the root.
class Name {
 public:
  /// The root.
  Name() { bytes_[0] = 0; }

  /// Presentation form (RFC 1035 5.1: `\.` and `\DDD` escapes); a missing final dot is taken as if it were
  /// there. Error: a sentence fragment such as "label longer than 63 octets".
  static tl::expected<Name, std::string> from_text(std::string_view text);
  /// The uncompressed name at the start of `bytes`. Error: it is not whole, compressed, or too long.
  static tl::expected<Name, std::string> from_wire(Bytes bytes);

  /// Makes it the uncompressed name at the start of `bytes`, without an allocation. False, and nothing
  /// changed, when that is not whole, compressed, or too long.
  [[nodiscard]] bool assign(Bytes bytes);

  [[nodiscard]] Bytes bytes() const { return {bytes_.data(), size_}; }
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool is_root() const { return size_ == 1; }
  /// Labels without the root.
  [[nodiscard]] size_t label_count() const;
  /// The name less its first label; the root stays the root.
  [[nodiscard]] Name parent() const;
  /// Presentation form with the final dot, special octets escaped (RFC 4343 2.1).
  [[nodiscard]] std::string to_text() const;
  /// The same name with ASCII letters in lower case.
  [[nodiscard]] Name lowered() const;
  /// Whether this name is `other` or below it, label by label (never by string suffix).
  [[nodiscard]] bool is_below_or_at(const Name& other) const;

  /// Puts `label` (1 to 63 bytes) in front. False, and nothing changed, when the result would be too long.
  [[nodiscard]] bool prepend(Bytes label);

  /// Canonical DNS order, case ignored (RFC 4034 6.1).
  [[nodiscard]] std::weak_ordering canonical_compare(const Name& other) const;
  /// Same name, ASCII case ignored.
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

/// Where each label of an uncompressed wire name starts: label 0 is the leftmost, the root is not counted.
struct Labels {
  std::array<uint8_t, kMaxLabels> offset;
  uint8_t count = 0;

  /// Of a whole, uncompressed name. Of other bytes, the labels up to where they stop being one: whatever they
  /// are, the walk ends within them, and `label` gives bytes of theirs.
  explicit Labels(Bytes name);
  [[nodiscard]] Bytes label(Bytes name, size_t i) const {
    return name.subspan(offset[i] + 1U, name[offset[i]]);
  }
};

/// Size in bytes of the uncompressed name that starts at `offset`, root included; nothing when it runs out of
/// `bytes`, is longer than 255 bytes, or holds a compression pointer or an extended label type (RFC
/// 1035 4.1.4, RFC 6891 5).
[[nodiscard]] std::optional<size_t> plain_name_size(Bytes bytes, size_t offset);
/// Whether `bytes` are one whole, uncompressed name and nothing else.
[[nodiscard]] bool is_plain_name(Bytes bytes);

/// Offset behind the name at `offset` of `message`, which may end with a compression pointer. The pointer
/// must lead backward, behind the header, and is not followed: what is skipped costs no more than its own
/// bytes. Nothing when the name runs out of `message`, is longer than 255 bytes in its place, or is
/// malformed.
[[nodiscard]] std::optional<size_t> skip_name(Bytes message, size_t offset);

/// Pointers at most that are followed for one name: one in front of each label and one in front of the root.
inline constexpr unsigned kMaxPointers = kMaxLabels + 1;

/// Reads a name that may be compressed from `message` at `offset`; pointers only lead backward, and there are
/// kMaxPointers at most, so it always ends, and soon (RFC 1035 4.1.4). Returns the offset behind the name as
/// it is in its place, nothing when it is malformed.
[[nodiscard]] std::optional<size_t> read_name(Bytes message, size_t offset, Name& out);

}  // namespace ptrd::wire
