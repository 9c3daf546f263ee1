// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/name.hpp"

// Properties of names that checks need. All names here are complete and uncompressed.
namespace ptrd::zone {

/// What is checked of the target of every PTR record.
struct NameLook {
  uint64_t hash;   // of the name in lower case
  bool host_name;  // letters, digits and hyphens within labels (RFC 952, RFC 1123 2.1); false for the root
  bool arpa;       // below arpa.
  bool numeric;    // the last label starts with a digit: not a host name, perhaps an address
};
/// Computed in one pass. Empty unless `bytes` is exactly one complete, uncompressed name.
[[nodiscard]] std::optional<NameLook> look_at(wire::Bytes bytes);

/// Why a name is not a host name, as a sentence fragment; empty if it is one.
[[nodiscard]] std::optional<std::string> host_name_fault(wire::Bytes name);

/// The reverse tree that contains a name, or whose top it is.
[[nodiscard]] std::optional<wire::Family> reverse_tree(wire::Bytes name);

/// Whether a target was meant as an address: `192.0.2.1.`, or `192.0.2.1` and `2001:db8::1` with the origin
/// appended.
[[nodiscard]] bool is_address_literal(wire::Bytes target, const wire::Name& apex);

/// Whether the label contains only digits.
[[nodiscard]] bool is_number(wire::Bytes label);

inline constexpr size_t kMaxSortKey = 2 * wire::kMaxName;

/// A name as bytes that sort in canonical order (RFC 4034 6.1); the keys of all names below a name start with
/// its key: labels in lower case from right to left, each followed by a zero octet.
[[nodiscard]] std::string sort_key(wire::Bytes name);
/// The same into `out`; its size.
size_t put_sort_key(wire::Bytes name, std::span<char, kMaxSortKey> out);
/// The name of a key, in lower case.
[[nodiscard]] wire::Name name_of_sort_key(std::string_view key);
/// wire::key_of_name of that name.
[[nodiscard]] std::optional<wire::AddressKey> address_of_sort_key(std::string_view key);
/// The key of the name without its first label. `key` must not be the root's.
[[nodiscard]] std::string_view parent_key(std::string_view key);

/// Presentation form of a wire name.
[[nodiscard]] std::string text_of(wire::Bytes name);

}  // namespace ptrd::zone
