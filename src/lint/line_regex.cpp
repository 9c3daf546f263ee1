// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lint/line_regex.hpp"

#include <charconv>

namespace ptrd::lint {

namespace {

bool is_plain(char c) {
  return c > ' ' && c <= '~';
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Length of an escape that cannot match a line feed, 0 for all others. `escape` starts with the backslash.
size_t harmless_escape(std::string_view escape, bool in_class) {
  if (escape.size() < 2) return 0;
  const char c = escape[1];
  if (c == 'x') {
    unsigned value = 0;
    const std::string_view digits = escape.substr(2, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    const bool whole = error == std::errc() && digits.size() == 2 && end == digits.data() + 2;
    return whole && value >= ' '
               ? 4
               : 0;  // from blank upwards: a range that starts there contains no line feed either
  }
  if (c == 'd' || c == 'w') return 2;
  if (!in_class && (c == 'b' || c == 'B')) return 2;  // a line feed is not a word character, like the end
  return is_plain(c) && !is_alphanumeric(c) ? 2 : 0;
}

/// Copies the class at the start of `rest`, without line feeds. False: not known to be safe.
bool copy_class(std::string_view& rest, std::string& out) {
  out += '[';
  rest.remove_prefix(1);
  const bool negated = rest.starts_with('^');
  if (negated) {
    out += "^\n";
    rest.remove_prefix(1);
    if (rest.starts_with('-')) out += '\\';  // otherwise it would form a range starting with the line feed
  }
  // A leading bracket is a member (or, in other dialects, the end).
  for (bool first = true; !rest.empty(); first = false) {
    size_t size = 1;
    if (rest[0] == ']') {
      out += ']';
      rest.remove_prefix(1);
      return !first;
    }
    if (rest.starts_with("[:") || rest.starts_with("[.") || rest.starts_with("[=")) return false;
    if (rest[0] == '\\') size = harmless_escape(rest, true);
    if (size == 0 || !is_plain(rest[0])) return false;
    out += rest.substr(0, size);
    rest.remove_prefix(size);
  }
  return false;
}

}  // namespace

std::optional<std::string> within_line(std::string_view regex) {
  std::string out;
  for (std::string_view rest = regex; !rest.empty();) {
    if (rest[0] == '[') {
      if (!copy_class(rest, out)) return std::nullopt;
      continue;
    }
    size_t size = 1;
    if (rest[0] == '\\') size = harmless_escape(rest, false);
    if (rest.starts_with("(?")) size = rest.starts_with("(?:") ? 3 : 0;
    if (rest.starts_with("(*")) size = 0;  // (*UTF8) and other verbs
    if (size == 0 || !is_plain(rest[0])) return std::nullopt;
    out += rest.substr(0, size);
    rest.remove_prefix(size);
  }
  return out;
}

}  // namespace ptrd::lint
