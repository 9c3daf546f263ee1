// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/zone_list.hpp"

#include <algorithm>
#include <string_view>

namespace ptrd::zone {

namespace {

constexpr std::string_view kInLine = " \t\r\f\v";

/// False: the line is not a zone and its file.
bool take_line(Configuration& configuration, std::string_view line, Place at) {
  const size_t start = line.find_first_not_of(kInLine);
  if (start == std::string_view::npos || line[start] == '#' || line[start] == ';') return true;
  at.column = static_cast<uint32_t>(start + 1);
  const size_t end = line.find_first_of(kInLine, start);
  const size_t file = end == std::string_view::npos ? end : line.find_first_not_of(kInLine, end);
  if (file == std::string_view::npos) return configuration.fail(at, "expected 'APEX FILE'");
  const size_t last = line.find_last_not_of(kInLine);
  configuration.add(
      {std::string(line.substr(start, end - start)),
       configuration.resolve(std::string(line.substr(file, last - file + 1)), configuration.folder()), at});
  return true;
}

}  // namespace

std::vector<Source> read_zone_list(Configuration& configuration) {
  const bool good = configuration.read_main([&](std::string_view text, uint32_t file) {
    bool all_good = true;
    Place at{file, 0, 1};
    for (size_t start = 0; start < text.size();) {
      const size_t end = std::min(text.find('\n', start), text.size());
      ++at.line;
      all_good &= take_line(configuration, text.substr(start, end - start), at);
      start = end + 1;
    }
    return all_good;
  });
  if (!good) return {};
  return configuration.finish();
}

}  // namespace ptrd::zone
