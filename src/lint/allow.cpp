// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lint/allow.hpp"

#include <fmt/core.h>

namespace ptrd::lint {

using wire::Bytes;
using wire::Name;

namespace {

std::string lowered(Bytes name) {
  std::string out;
  out.reserve(name.size());
  for (const uint8_t c : name) out += static_cast<char>(wire::lower(c));
  return out;
}

}  // namespace

tl::expected<AllowList, std::string> AllowList::parse(std::string_view text, const std::string& file) {
  AllowList list;
  uint32_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    size_t at = 0;
    uint32_t column = 0;
    const auto fault = [&](std::string_view what) {
      return tl::unexpected(fmt::format("{}:{}:{}: {}", file, number, column, what));
    };
    const std::string_view kind = next_word(line, at, column);
    if (kind.empty() || kind.starts_with('#')) continue;
    if (kind != "rule" && kind != "name" && kind != "pattern") {
      return fault(fmt::format("unknown keyword '{}'; use rule, name or pattern", kind));
    }
    std::string_view value = next_word(line, at, column);
    if (value.empty() || value.find('\0') != std::string_view::npos) {
      return fault(fmt::format("'{}' needs an argument", kind));
    }
    if (kind == "rule") {
      list.rules_.emplace(value);
    } else if (kind == "pattern") {
      Pattern pattern;
      pattern.regex = value;
      pattern.cls = Class::role;  // any class except address, whose matches need an address
      pattern.file = file;
      pattern.line = number;
      pattern.regex_column = column;
      list.patterns_.push_back(std::move(pattern));
    } else {
      const bool below = value.starts_with("*.");
      const auto name = Name::from_text(below ? value.substr(2) : value);
      if (!name) return fault(fmt::format("'{}' is not a name: {}", value, name.error()));
      (below ? list.above_ : list.names_).insert(lowered(name->bytes()));
    }
    const std::string_view more = next_word(line, at, column);
    if (!more.empty() && !more.starts_with('#')) return fault(fmt::format("unexpected word '{}'", more));
  }
  return list;
}

tl::expected<AllowList, std::string> AllowList::read(const std::string& path) {
  const auto text = read_text_file(path);
  if (!text) return tl::unexpected(text.error());
  return parse(*text, path);
}

bool AllowList::allows_rule(const std::string& id) const {
  return !rules_.empty() && (rules_.contains(id) || rules_.contains(id.substr(0, id.find('/')) + "/*"));
}

bool AllowList::allows_name(Bytes target) const {
  if (names_.empty() && above_.empty()) return false;
  const std::string name = lowered(target);
  if (names_.contains(name)) return true;
  if (above_.empty()) return false;
  for (size_t at = 1U + target[0]; at < name.size(); at += 1U + target[at]) {
    if (above_.contains(name.substr(at))) return true;
  }
  return false;
}

}  // namespace ptrd::lint
