// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/scan_error.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "ptrd/wire/bytes.hpp"
#include "zone/master_text.hpp"
#include "zone/rdata/fields.hpp"
#include "zone/read/words.hpp"

namespace ptrd::zone {
namespace {

bool ends_record_word(char c) {
  return is_blank(c) || c == '(' || c == ')' || c == ';';
}

/// The word at which the scanner failed. The scanner keeps the rest of the line from there; if that starts
/// with a separator, the error is in the word before.
std::string_view word_at_error(const zs_scanner_t& scanner, std::string_view line) {
  const size_t rest = scanner.buffer_length == 0 ? 0 : scanner.buffer_length - 1;  // ends with a NUL
  if (rest > line.size()) return {};
  size_t begin = line.size() - rest;
  if (begin == line.size() || ends_record_word(line[begin])) {
    while (begin > 0 && ends_record_word(line[begin - 1])) --begin;
  }
  while (begin > 0 && !ends_record_word(line[begin - 1])) --begin;
  size_t end = begin;
  while (end < line.size() && !ends_record_word(line[end])) ++end;
  return line.substr(begin, end - begin);
}

/// How to fix an error; empty if the scanner's own message is sufficient. Names, types, classes and quotes
/// are explained where records are rewritten (rewrite.hpp).
std::string_view hint(int code) {
  switch (code) {
    case ZS_BAD_PREVIOUS_OWNER:
      return "the line starts with a blank, but has no previous owner";
    case ZS_BAD_TTL:
      return "expected seconds, or a duration such as 1h30m";
    case ZS_BAD_DIRECTIVE:
      return "use $ORIGIN, $TTL, $INCLUDE or $GENERATE";
    default:
      return "";
  }
}

bool is_string(Field field) {
  return field == Field::string || field == Field::tag || field == Field::strings || field == Field::text ||
         field == Field::parameters;
}

}  // namespace

std::string explain_error(const zs_scanner_t& scanner, std::string_view line) {
  const std::string_view word = word_at_error(scanner, line);
  const int code = starts_with_directive(line, "$TTL") ? ZS_BAD_TTL : scanner.error.code;
  std::string text = zs_strerror(code);
  if (!word.empty()) text += fmt::format(" at '{}'", printable(word));
  if (const auto more = hint(code); !more.empty()) (text += "; ") += more;
  return text;
}

bool has_padding(const zs_scanner_t& scanner, std::string_view text) {
  wire::Cursor in(wire::Bytes(scanner.r_data, scanner.r_data_length));
  in.take(4);
  in.take(in.u8());  // the salt
  if (in.u8() % 5 == 0) return false;
  WordReader words(text);
  for (auto word = words.next(); word; word = words.next()) {
    if (!word->quoted() && word->text.ends_with('=')) return true;
  }
  return false;
}

bool may_hold_parentheses(const zs_scanner_t& scanner) {
  const auto is_parenthesis = [](uint8_t octet) { return octet == '(' || octet == ')'; };
  return std::ranges::any_of(rdata_fields(scanner.r_type), is_string) &&
         std::any_of(scanner.r_data, scanner.r_data + scanner.r_data_length, is_parenthesis);
}

}  // namespace ptrd::zone
