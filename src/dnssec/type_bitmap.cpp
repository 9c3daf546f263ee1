// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "dnssec/type_bitmap.hpp"

namespace ptrd::dnssec {

std::optional<std::vector<uint16_t>> read_type_bitmap(wire::Bytes bitmap) {
  constexpr size_t kMaxBlock = 32;
  std::vector<uint16_t> types;
  wire::Cursor cursor(bitmap);
  int last_window = -1;
  while (cursor.left() > 0) {
    const uint8_t window = cursor.u8();
    const uint8_t size = cursor.u8();
    const wire::Bytes block = cursor.take(size);
    if (!cursor.ok() || window <= last_window || block.empty() || block.size() > kMaxBlock ||
        block.back() == 0) {
      return std::nullopt;
    }
    last_window = window;
    for (size_t i = 0; i < block.size() * 8; ++i) {
      if ((block[i / 8] & 0x80U >> i % 8) != 0)
        types.push_back(static_cast<uint16_t>(size_t{window} << 8 | i));
    }
  }
  return types;
}

}  // namespace ptrd::dnssec
