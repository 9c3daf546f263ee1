// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/one_line.hpp"

#include <cstdint>

namespace ptrd::wire {

std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  const auto escape = [&](uint8_t c) {
    line += '\\';
    for (const unsigned unit : {100U, 10U, 1U}) line += static_cast<char>('0' + c / unit % 10);
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<uint8_t>(text[i]);
    const auto next = static_cast<uint8_t>(i + 1 < text.size() ? text[i + 1] : 0);
    if (c == 0xC2 && next >= 0x80 && next < 0xA0) {
      escape(c);
      escape(next);
      ++i;
    } else if (c < ' ' || c == 0x7F) {
      escape(c);
    } else {
      line += text[i];
    }
  }
  return line;
}

}  // namespace ptrd::wire
