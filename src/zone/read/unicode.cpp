// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/unicode.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

namespace ptrd::zone {

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

std::optional<std::string> first_beyond_ascii(std::string_view text) {
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
  return in_utf8 ? fmt::format("U+{:04X}", code) : fmt::format("byte {}", octet);
}

}  // namespace ptrd::zone
