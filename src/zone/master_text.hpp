// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <string_view>

namespace ptrd::zone {

/// A separator of words within a line (RFC 1035 5.1).
[[nodiscard]] constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/// Whether two words are equal, ignoring ASCII case.
[[nodiscard]] bool same_word(std::string_view a, std::string_view b);

/// Whether `word` names a class (RFC 1035 3.2.4, RFC 2136, RFC 3597 5), supported or not.
[[nodiscard]] bool is_class(std::string_view word);

/// Whether `word`, which names a class, names IN: `IN`, or `CLASS1` (RFC 3597 5).
[[nodiscard]] bool is_class_in(std::string_view word);

/// Whether `line` starts with the directive `name` (`$ORIGIN`), in any case, as a whole word.
[[nodiscard]] bool starts_with_directive(std::string_view line, std::string_view name);

/// `text` for display in a finding: at most 60 characters, non-printable and non-ASCII ones as `\DDD`.
[[nodiscard]] std::string printable(std::string_view text);

/// `text` without the carriage returns before a newline, and before the end: stored in `storage` if there are
/// any, otherwise `text` itself.
[[nodiscard]] std::string_view with_unix_lines(std::string_view text, std::string& storage);

}  // namespace ptrd::zone
