// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::lint {

/// The address that an owner names: that of a complete reverse name, or of a name in an RFC 2317 zone
/// (`5.0/25.2.0.192.in-addr.arpa`: 192.0.2.5).
[[nodiscard]] std::optional<wire::AddressKey> address_of_owner(const wire::Name& owner);

/// The form of an address in a name.
struct AddressForm {
  bool whole = false;     // otherwise a part: at least two octets of IPv4, or 32 bits of IPv6
  bool reversed = false;  // last octet (group, nibble) first
  std::string_view base;  // "decimal" or "hexadecimal"
  size_t from = 0;        // where it starts in the name
  size_t to = 0;          // after its last digit (or the last of the run of digits that contains it)
  /// "the whole address in hexadecimal, reversed".
  [[nodiscard]] std::string to_text() const;
};

/// Looks for `address`, which must be complete, in a name: with any or no separators, decimal (zero-padded,
/// joined, as one number) or hexadecimal, in either order. For IPv4, the last two or three octets are
/// sufficient; for IPv6, three consecutive groups or 8 digits.
[[nodiscard]] std::optional<AddressForm> find_address(std::string_view name, const wire::AddressKey& address);

}  // namespace ptrd::lint
