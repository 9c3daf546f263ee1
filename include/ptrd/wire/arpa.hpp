// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::wire {

/// Size in bytes of `4.3.2.1.in-addr.arpa.`'s fixed end: `\7in-addr\4arpa\0`.
inline constexpr size_t kInAddrSuffixSize = 14;
/// Size in bytes of the fixed end `\3ip6\4arpa\0`.
inline constexpr size_t kIp6SuffixSize = 10;
/// Size in bytes of a whole ip6.arpa address name: 32 one-nibble labels and the end.
inline constexpr size_t kIp6NameSize = 64 + kIp6SuffixSize;

/// Labels of a whole address's name, without the root.
inline constexpr uint8_t kInAddrLabels = 6;
inline constexpr uint8_t kIp6Labels = 34;

enum class Family : uint8_t { v4, v6 };

/// A name below in-addr.arpa (RFC 1035 3.5) or ip6.arpa (RFC 3596 2.5) as the start of an address. A v4 unit
/// is an octet, a v6 unit a nibble; `units` is the number of units given, the rest of `address` is zero.
struct AddressKey {
  Family family = Family::v4;
  uint8_t units = 0;                     // 0..4 octets or 0..32 nibbles
  std::array<uint8_t, 16> address = {};  // network order, starting with the first octet

  [[nodiscard]] bool whole() const { return units == (family == Family::v4 ? 4 : 32); }
  [[nodiscard]] uint8_t nibble(size_t i) const {
    return static_cast<uint8_t>(i % 2 == 0 ? address[i / 2] >> 4 : address[i / 2] & 15);
  }
  bool operator==(const AddressKey&) const = default;
};

/// The value of a label that is an octet in the only form of RFC 1035 3.5: decimal, 0 to 255, no leading
/// zero.
[[nodiscard]] std::optional<uint8_t> octet_of_label(Bytes label);
/// The value of a one-digit hexadecimal label, either case.
[[nodiscard]] std::optional<uint8_t> nibble_of_label(Bytes label);

/// The address of a name: empty if it is not at or below the two trees, or if any label is not an octet or
/// nibble (`005`, `256`, `1e1`, `0-63`, `*` and additional labels are ordinary labels, not aliases of an
/// address).
[[nodiscard]] std::optional<AddressKey> key_of_name(const Name& name);
/// The reverse name of a key, `in-addr.arpa.` or `ip6.arpa.` itself for 0 units.
[[nodiscard]] Name name_of_key(const AddressKey& key);

/// Converts the text of an IPv4 or IPv6 address to a whole key; empty if it is neither.
[[nodiscard]] std::optional<AddressKey> key_of_address(std::string_view text);
/// Text of a whole key: dotted quad or RFC 5952.
[[nodiscard]] std::string address_of_key(const AddressKey& key);

/// The question's name, parsed in one pass in the packet.
struct QuestionName {
  enum class Kind : uint8_t { malformed, v4, v6, other };
  Kind kind = Kind::malformed;
  uint8_t size = 0;                 // bytes of the name, including the root; valid unless `kind` is malformed
  uint32_t v4 = 0;                  // kind v4: host order, the first octet is the highest
  std::array<uint64_t, 2> v6 = {};  // kind v6: host order, [0] is the upper half
};

/// Bytes that must be readable after a message for `scan_question_name` (it loads whole words).
inline constexpr size_t kScanSlack = 80;

/// Parses the uncompressed name at `buffer[offset]` of a message that ends at `message_size`; `buffer` must
/// extend at least `kScanSlack` bytes past `offset`. A compressed name is malformed here: only the header
/// precedes a question's name, so there is nothing to point to. Writes `kind`, `size` and the key of that
/// kind, nothing else.
void scan_question_name(Bytes buffer, size_t offset, size_t message_size, QuestionName& out);
[[nodiscard]] inline QuestionName scan_question_name(Bytes buffer, size_t offset, size_t message_size) {
  QuestionName out;
  scan_question_name(buffer, offset, message_size, out);
  return out;
}

}  // namespace ptrd::wire
