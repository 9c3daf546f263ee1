// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "file/yaml_text.hpp"

#include <algorithm>

namespace ptrd::file {

size_t second_document(std::string_view text) {
  bool content = false;  // the first document has begun
  bool ended = false;
  for (size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    if (line.starts_with("...")) {
      ended = content;
      continue;
    }
    if (line.starts_with('%') && !content) continue;  // a directive
    if (ended || (content && line.starts_with("---"))) return number;
    content = true;
  }
  return 0;
}

bool has_yaml(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.starts_with('%')) continue;
    if (line.starts_with("---") || line.starts_with("...")) line.remove_prefix(3);
    const size_t first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && line[first] != '#') return true;
  }
  return false;
}

}  // namespace ptrd::file
