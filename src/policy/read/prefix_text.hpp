// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "policy/prefix_table.hpp"

namespace ptrd::policy {

/// `192.0.2.0/24`, `2001:db8::/32`, or an address alone. Error: what is wrong with it.
[[nodiscard]] tl::expected<Prefix, std::string> parse_prefix(std::string_view text);

/// The same, or a range `192.0.2.5-192.0.2.9`: the fewest prefixes that cover exactly it.
[[nodiscard]] tl::expected<std::vector<Prefix>, std::string> parse_prefixes(std::string_view text);

/// `192.0.2.0/24`.
[[nodiscard]] std::string to_text(const Prefix& prefix);

}  // namespace ptrd::policy
