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

/// The comment that declares a range: `;@range PREFIX PATTERN [TTL]`, from the first column of a line on.
/// Other servers pass it over.
inline constexpr std::string_view kRangeDirective = ";@range";

/// What a pattern stands for: a program for the labels with placeholders, and the labels behind them.
struct Pattern {
  std::string program;
  wire::Name tail;
};

/// A wrong word of a directive.
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

/// Reads a line that starts with `;@range`. A pattern without a final dot gets `origin`. Fault: a word that
/// is none, or a name that some address of the prefix would make illegal, with that address.
[[nodiscard]] tl::expected<RangeDirective, DirectiveFault> parse_range_directive(std::string_view line,
                                                                                 const wire::Name& origin);

/// The directive for addresses of a Range of an image, as `parse_range_directive` reads it.
[[nodiscard]] std::string range_to_text(const image::View& view, const image::Range& range,
                                        const image::Prefix& prefix);

/// A pattern's text to a program. Fault: `column` counts from the pattern's start.
[[nodiscard]] tl::expected<Pattern, DirectiveFault> parse_pattern(std::string_view text, wire::Family family,
                                                                  const wire::Name& origin);
/// Why some address of a prefix has no legal host name by a pattern (RFC 1035 2.3.4, RFC 5891 4.2.3.1,
/// hyphens at the edges), with the address; nothing when all have one.
[[nodiscard]] std::optional<std::string> pattern_fault(const Pattern& pattern, const image::Prefix& prefix);

}  // namespace ptrd::zone
