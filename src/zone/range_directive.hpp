// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "image/build/rule.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::zone {

/// The comment that declares a range: `;@range PREFIX PATTERN [TTL]`, starting in the first column of a line.
/// Other servers ignore it.
inline constexpr std::string_view kRangeDirective = ";@range";

/// A compiled pattern: a program for the labels with placeholders, and the labels after them.
struct Pattern {
  std::string program;
  wire::Name tail;
};

/// An invalid word of a directive.
struct DirectiveFault {
  size_t column;  // from 1
  std::string text;
};

/// A range as it was declared.
struct RangeDirective {
  image::Prefix prefix;
  Pattern pattern;
  std::optional<uint32_t> ttl;  // seconds
};

/// Parses a line that starts with `;@range`. `origin` is appended to a pattern without a final dot. Fault: an
/// invalid word, or an address of the prefix whose name would be illegal.
[[nodiscard]] tl::expected<RangeDirective, DirectiveFault> parse_range_directive(std::string_view line,
                                                                                 const wire::Name& origin);

/// The directive for addresses of an image's Range, in the form that `parse_range_directive` reads.
[[nodiscard]] std::string range_to_text(const image::View& view, const image::Range& range,
                                        const image::Prefix& prefix);

/// Compiles a pattern's text into a program. Fault: `column` counts from the pattern's start.
[[nodiscard]] tl::expected<Pattern, DirectiveFault> parse_pattern(std::string_view text, wire::Family family,
                                                                  const wire::Name& origin);
/// Why some address of a prefix gets no legal host name from a pattern (RFC 1035 2.3.4, RFC 5891 4.2.3.1,
/// hyphens at the ends), with the address; empty if all names are legal.
[[nodiscard]] std::optional<std::string> pattern_fault(const Pattern& pattern, const image::Prefix& prefix);

}  // namespace ptrd::zone
