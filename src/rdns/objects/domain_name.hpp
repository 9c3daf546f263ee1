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

/// A rule that something breaks, and how.
struct Fault {
  Rule rule;
  std::string text;
};

/// What the `domain:` of a reverse delegation says.
struct ReverseDomain {
  wire::Name name;  // in lower case
  Range range;
  bool dash = false;  // `A-B.z.y.x`: a part of a /24
};

/// The longest `domain:`, without its trailing dot.
inline constexpr size_t kMaxDomainText = 254;

/// Whether the value is an ENUM domain, which registries hold and reverse delegation has nothing to do with.
[[nodiscard]] bool is_enum_domain(std::string_view value);

/// Reads the value of a `domain:` attribute by the registries' rules: one trailing dot is dropped; 1 to 4
/// octets or 1 to 32 nibbles before the suffix; a dash once, in the fourth octet only, first <= last, not all
/// 256.
[[nodiscard]] tl::expected<ReverseDomain, Fault> reverse_domain(std::string_view value);

/// Text without one trailing dot.
[[nodiscard]] std::string_view without_dot(std::string_view text);

}  // namespace ptrd::rdns
