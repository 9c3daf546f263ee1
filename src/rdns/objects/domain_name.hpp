// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "ptrd/wire/name.hpp"
#include "rdns/finding.hpp"
#include "rdns/range.hpp"

namespace ptrd::rdns {

/// A broken rule, and how.
struct Fault {
  Rule rule;
  std::string text;
};
[[nodiscard]] inline tl::unexpected<Fault> broken(Rule rule, std::string text) {
  return tl::unexpected(Fault{rule, std::move(text)});
}

/// The value of `domain:` of a reverse delegation.
struct ReverseDomain {
  wire::Name name;  // in lower case
  Range range;
  bool dash = false;  // `A-B.z.y.x`: a part of a /24
};

/// The longest `domain:`, without its trailing dot.
inline constexpr size_t kMaxDomainText = 254;

/// Whether the value is an ENUM domain, which registries hold but which is unrelated to reverse delegation.
[[nodiscard]] bool is_enum_domain(std::string_view value);

/// Parses the value of a `domain:` attribute by the registries' rules: one trailing dot is dropped; 1 to 4
/// octets or 1 to 32 nibbles before the suffix; at most one dash, only in the fourth octet, first <= last,
/// not all 256 addresses.
[[nodiscard]] tl::expected<ReverseDomain, Fault> reverse_domain(std::string_view value);

/// Text without one trailing dot.
[[nodiscard]] std::string_view without_dot(std::string_view text);

}  // namespace ptrd::rdns
