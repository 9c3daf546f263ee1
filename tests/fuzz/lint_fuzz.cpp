// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors

// The first line as a pattern file of ptrzone lint, the others as names: the reader must end and stay within
// bounds, and a pattern that within_line lets through must match the same names as lines of one text as it
// does name by name.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lint/database.hpp"
#include "lint/line_regex.hpp"
#include "lint/pattern_file.hpp"

using namespace ptrd;

namespace {

constexpr size_t kMaxRegex = 64;  // Hyperscan takes long over repeats of repeats

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

void compare(const std::string& regex, const std::vector<std::string_view>& names) {
  const auto line = lint::within_line(regex);
  if (!line || regex.size() > kMaxRegex || names.empty()) return;
  auto alone =
      lint::Database::compile({{.regex = regex, .flags = HS_FLAG_CASELESS | HS_FLAG_DOTALL, .id = 0}});
  auto lines =
      lint::Database::compile({{.regex = *line, .flags = HS_FLAG_CASELESS | HS_FLAG_MULTILINE, .id = 0}});
  // Only the number of a repeat that is too large may differ.
  if (!alone || !lines) return;
  std::string text;
  std::set<size_t> wanted;
  std::vector<size_t> ends;
  for (size_t i = 0; i < names.size(); ++i) {
    alone->scan(names[i], [&](unsigned, size_t) { return wanted.insert(i), false; });
    if (i > 0) text += '\n';
    text += names[i];
    ends.push_back(text.size());
  }
  std::set<size_t> found;
  lines->scan(text, [&](unsigned, size_t end) {
    size_t i = 0;
    while (ends[i] < end) ++i;
    return found.insert(i), true;
  });
  if (found != wanted) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto lines = lines_of({reinterpret_cast<const char*>(data), size});
  if (lines.empty()) return 0;
  const auto patterns = lint::parse_patterns(lines[0], "f");
  if (!patterns) {
    if (!patterns.error().starts_with("f:1:")) abort();
    return 0;
  }
  for (const lint::Pattern& pattern : *patterns) compare(pattern.regex, {lines.begin() + 1, lines.end()});
  return 0;
}
