// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>

namespace ptrd::map {

struct Point {
  uint32_t x = 0, y = 0;
};

/// The position of cell `index` on the Hilbert curve through 2^order by 2^order cells. It starts at the upper
/// left and ends at the upper right; cells that share a prefix of even length fill a square, those of odd
/// length two squares.
[[nodiscard]] constexpr Point hilbert_point(unsigned order, uint64_t index) {
  // Quadrant by quadrant, smallest first; each is rotated into its position in the next larger one.
  uint32_t x = 0;
  uint32_t y = 0;
  for (unsigned level = 0; level < order; ++level) {
    const uint32_t side = 1U << level;
    const auto quadrant = static_cast<unsigned>(index >> (2 * level) & 3);
    const uint32_t old_x = x;
    const uint32_t old_y = y;
    switch (quadrant) {
      case 0:
        x = old_y;
        y = old_x;
        break;
      case 1:
        y += side;
        break;
      case 2:
        x += side;
        y += side;
        break;
      default:
        x = 2 * side - 1 - old_y;
        y = side - 1 - old_x;
        break;
    }
  }
  return {x, y};
}

}  // namespace ptrd::map
