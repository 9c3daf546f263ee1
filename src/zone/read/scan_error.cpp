// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/scan_error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "zone/master_text.hpp"

namespace ptrd::zone {
namespace {

bool ends_word(char c) {
  return is_blank(c) || c == '(' || c == ')' || c == ';';
}

/// The word at which the scanner failed. The scanner keeps the rest of the line from there; if that starts
/// with a separator, the error is in the word before.
std::string_view word_at_error(const zs_scanner_t& scanner, std::string_view line) {
  const size_t rest = scanner.buffer_length == 0 ? 0 : scanner.buffer_length - 1;  // ends with a NUL
  if (rest > line.size()) return {};
  size_t begin = line.size() - rest;
  if (begin == line.size() || ends_word(line[begin])) {
    while (begin > 0 && ends_word(line[begin - 1])) --begin;
  }
  while (begin > 0 && !ends_word(line[begin - 1])) --begin;
  size_t end = begin;
  while (end < line.size() && !ends_word(line[end])) ++end;
  return line.substr(begin, end - begin);
}

/// Whether only owner, TTL and class precede `word`. The scanner expects a TTL there and reports an unknown
/// type as an invalid number.
bool stands_for_type(std::string_view line, std::string_view word) {
  std::string_view before = line.substr(0, static_cast<size_t>(word.data() - line.data()));
  bool owner = !before.empty() && !is_blank(before.front());
  for (size_t at = 0; (at = before.find_first_not_of(" \t(", at)) != std::string_view::npos;) {
    const size_t end = std::min(before.find_first_of(" \t(", at), before.size());
    const auto part = before.substr(at, end - at);
    if (!std::exchange(owner, false) && !is_class(part) && (part.front() < '0' || part.front() > '9'))
      return false;
    at = end;
  }
  return true;
}

/// The scanner's error, or a more accurate one if it is misleading.
int fitting_code(const zs_scanner_t& scanner, std::string_view line, std::string_view word) {
  const int code = scanner.error.code;
  if (code == ZS_DOS_NEWLINE) return code;
  if (starts_with_directive(line, "$TTL")) return ZS_BAD_TTL;
  if (starts_with_directive(line, "$ORIGIN") && code == ZS_BAD_REST) return ZS_BAD_ORIGIN;
  const bool letter = !word.empty() && (word.front() < '0' || word.front() > '9');
  return code == ZS_BAD_NUMBER && letter && stands_for_type(line, word) ? ZS_UNSUPPORTED_TYPE : code;
}

/// How to fix an error; empty if the scanner's own message is sufficient.
std::string_view hint(int code) {
  switch (code) {
    case ZS_UNSUPPORTED_TYPE:
      return "write other types as TYPE123 \\# length hex (RFC 3597 5)";
    case ZS_CANNOT_TEXT_DATA:
      return "write \\# length hex (RFC 3597 5)";
    case ZS_BAD_PREVIOUS_OWNER:
      return "the line starts with a blank, but has no previous owner";
    case ZS_BAD_OWNER:
    case ZS_BAD_DNAME_CHAR:
      return "a name consists of letters, digits, '-', '_', '/', '*'; escape others, as '\\$' or '\\036'";
    case ZS_BAD_ORIGIN:
      return "a domain name is expected";
    case ZS_BAD_INCLUDE_ORIGIN:
      return "a domain name with a final dot is expected";
    case ZS_BAD_TTL:
      return "expected seconds, or a duration such as 1h30m";
    case ZS_BAD_DIRECTIVE:
      return "use $ORIGIN, $TTL, $INCLUDE or $GENERATE";
    case ZS_BAD_TEXT:
    case ZS_BAD_TEXT_CHAR:
      return "a quote must end on the same line unless it is inside parentheses";
    default:
      return "";
  }
}

}  // namespace

std::string explain_error(const zs_scanner_t& scanner, std::string_view line) {
  const std::string_view word = word_at_error(scanner, line);
  const int code = fitting_code(scanner, line, word);
  if (code == ZS_UNSUPPORTED_TYPE && is_class(word))
    return fmt::format("class {} is not supported", printable(word));
  std::string text = zs_strerror(code);
  if (!word.empty()) text += fmt::format(" at '{}'", printable(word));
  if (const auto more = hint(code); !more.empty()) (text += "; ") += more;
  return text;
}

}  // namespace ptrd::zone
