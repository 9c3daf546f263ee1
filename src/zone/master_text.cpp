// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/master_text.hpp"

#include <fmt/format.h>  // format_to: clang does not find the one in libfmt

#include <algorithm>
#include <array>

#include "ptrd/wire/name.hpp"

namespace ptrd::zone {

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return wire::lower(static_cast<uint8_t>(x)) == wire::lower(static_cast<uint8_t>(y));
  });
}

bool is_class(std::string_view word) {
  static constexpr std::array<std::string_view, 7> kNames = {"IN",     "CH",   "CHAOS", "HS",
                                                             "HESIOD", "NONE", "ANY"};
  if (std::any_of(kNames.begin(), kNames.end(), [&](auto name) { return same_word(word, name); }))
    return true;
  return word.size() > 5 && same_word(word.substr(0, 5), "CLASS") &&
         std::all_of(word.begin() + 5, word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool starts_with_directive(std::string_view line, std::string_view name) {
  return same_word(line.substr(0, name.size()), name) &&
         (line.size() == name.size() || is_blank(line[name.size()]));
}

std::string printable(std::string_view text) {
  constexpr size_t kShown = 60;
  std::string out;
  for (const char c : text.substr(0, kShown)) {
    if (c >= ' ' && c <= '~') {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "\\{:03}", static_cast<uint8_t>(c));
    }
  }
  if (text.size() > kShown) out += "...";
  return out;
}

std::string_view with_unix_lines(std::string_view text, std::string& storage) {
  const size_t newline = text.find('\n');
  if (newline == std::string_view::npos || newline == 0 || text[newline - 1] != '\r') return text;
  storage.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find("\r\n", at), text.size());
    storage += text.substr(at, end - at);
    at = end;
    if (at < text.size()) ++at;  // drop the CR, the LF starts the next run
  }
  return storage;
}

}  // namespace ptrd::zone
