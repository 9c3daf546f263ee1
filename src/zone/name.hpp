// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/name.hpp"

// What checks ask of names. All names here are whole and uncompressed.
namespace ptrd::zone {

/// What the target of every PTR record is asked.
struct NameLook {
  uint64_t hash;   // of the name in lower case
  bool host_name;  // letters, digits and hyphens within labels (RFC 952, RFC 1123 2.1); the root is none
  bool arpa;       // below arpa.
  bool numeric;    // the last label starts with a digit: no host name after all, an address maybe
};
/// Found in one pass. Nothing when `bytes` are not one whole, uncompressed name and no more.
[[nodiscard]] std::optional<NameLook> look_at(wire::Bytes bytes);

/// Why a name is no host name, as a sentence fragment; nothing when it is one.
[[nodiscard]] std::optional<std::string> host_name_fault(wire::Bytes name);

/// The tree of reverse names that a name is in, at its top or below.
[[nodiscard]] std::optional<wire::Family> reverse_tree(wire::Bytes name);

/// Whether a target was meant as an address: `192.0.2.1.`, or `192.0.2.1` and `2001:db8::1`, which the origin
/// got added to.
[[nodiscard]] bool is_address_literal(wire::Bytes target, const wire::Name& apex);

/// Whether the label is digits only.
[[nodiscard]] bool is_number(wire::Bytes label);

/// A name as bytes whose order is the canonical one (RFC 4034 6.1), and where all that is below a name starts
/// with its key: labels in lower case from the right to the left, each with a zero octet behind it.
[[nodiscard]] std::string sort_key(wire::Bytes name);
/// The name of a key, in lower case.
[[nodiscard]] wire::Name name_of_sort_key(std::string_view key);
/// The key of the name less its first label. `key` must not be the root's.
[[nodiscard]] std::string_view parent_key(std::string_view key);

/// Presentation form of a wire name.
[[nodiscard]] std::string text_of(wire::Bytes name);

}  // namespace ptrd::zone
