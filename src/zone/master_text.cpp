// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/master_text.hpp"

#include <fmt/core.h>

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

bool is_class_in(std::string_view word) {
  if (same_word(word, "IN")) return true;
  const std::string_view digits = word.substr(std::min(word.size(), std::string_view("CLASS").size()));
  return digits.ends_with('1') && digits.find_first_not_of('0') == digits.size() - 1;
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
      out += fmt::format("\\{:03}", static_cast<uint8_t>(c));
    }
  }
  if (text.size() > kShown) out += "...";
  return out;
}

std::string_view with_unix_lines(std::string_view text, std::string& storage) {
  size_t copied = 0;
  for (size_t at = text.find('\r'); at < text.size(); at = text.find('\r', at)) {
    const size_t begin = at;
    at = std::min(text.find_first_not_of('\r', at), text.size());
    if (at < text.size() && text[at] != '\n') continue;
    if (copied == 0) storage.reserve(text.size());
    storage += text.substr(copied, begin - copied);
    copied = at;
  }
  if (copied == 0) return text;
  return storage += text.substr(copied);
}

}  // namespace ptrd::zone
