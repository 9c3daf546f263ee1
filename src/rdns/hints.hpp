// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>
#include <string>
#include <string_view>

// What was probably meant where an address was given instead of a zone, or the reverse: either is also a
// name, or the start of one, so the error without this would be about something else.
namespace ptrd::rdns {

struct Hint {
  std::string what;   // as a sentence: `192.0.2.1 is an address; its zone is usually 2.0.192.in-addr.arpa`
  std::string value;  // to give instead
};

/// For an address, a prefix or a range, where the name of a zone is expected. `value` is its zone, or the
/// first one; the usual zone of a single address is its /24 or /48.
[[nodiscard]] std::optional<Hint> hint_for_zone(std::string_view text);

/// For a reverse name, a prefix or a range, where an address is expected. `value` is the address, or the
/// first one.
[[nodiscard]] std::optional<Hint> hint_for_address(std::string_view text);

}  // namespace ptrd::rdns
