// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/unicode.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

namespace ptrd::zone {
namespace {

constexpr std::string_view kInAscii = "write names in ASCII (xn--...), and other text in quotes";

/// Characters that editors and word processors put where zone text has one of ASCII, or none.
struct Lookalike {
  uint32_t first;
  uint32_t last;
  std::string_view advice;
};
constexpr std::string_view kQuote = "a typographic quotation mark; replace it with '\"'";
constexpr Lookalike kLookalikes[] = {
    {0x00A0, 0x00A0, "a no-break space; replace it with a blank"},
    {0x00AB, 0x00AB, kQuote},
    {0x00BB, 0x00BB, kQuote},
    {0x2010, 0x2015, "a typographic dash; replace it with '-'"},
    {0x2018, 0x201F, kQuote},
    {0xFEFF, 0xFEFF, "a byte order mark; remove it: only the start of a file may have one"},
};

}  // namespace

bool skip_byte_order_mark(std::string_view& text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  const bool marked = text.starts_with(kMark);
  if (marked) text.remove_prefix(kMark.size());
  return marked;
}

/// Without a mark, every other octet of ASCII in UTF-16 is zero; zone text has no zero octets.
std::optional<std::string> utf16_fault(std::string_view text) {
  const auto is = [&](const char* encoding) {
    return fmt::format("the file is UTF-16; convert it to UTF-8 with iconv -f {} -t UTF-8", encoding);
  };
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return is("UTF-16");
  if (text.size() < 4 || text.size() % 2 != 0) return std::nullopt;
  if (text[0] != 0 && text[1] == 0 && text[2] != 0 && text[3] == 0) return is("UTF-16LE");
  if (text[0] == 0 && text[1] != 0 && text[2] == 0 && text[3] != 0) return is("UTF-16BE");
  return std::nullopt;
}

std::optional<std::string> fault_beyond_ascii(std::string_view text) {
  const auto* const at =
      std::find_if(text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) >= 0x80; });
  if (at == text.end()) return std::nullopt;
  const auto octet = static_cast<uint8_t>(*at);
  const ptrdiff_t more = octet >= 0xF0 ? 3 : octet >= 0xE0 ? 2 : 1;
  uint32_t code = octet & (0x3FU >> more);
  const bool in_utf8 = octet >= 0xC2 && octet < 0xF5 && text.end() - at > more &&
                       std::all_of(at + 1, at + 1 + more, [&](char c) {
                         code = code << 6 | (static_cast<uint8_t>(c) & 0x3FU);
                         return (static_cast<uint8_t>(c) & 0xC0) == 0x80;
                       });
  if (!in_utf8) return fmt::format("byte {}; {}", octet, kInAscii);
  for (const Lookalike& one : kLookalikes) {
    if (code >= one.first && code <= one.last) return fmt::format("U+{:04X}, {}", code, one.advice);
  }
  return fmt::format("U+{:04X}; {}", code, kInAscii);
}

}  // namespace ptrd::zone
