// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/patch/declared_ranges.hpp"

#include <algorithm>
#include <utility>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::image {

namespace {

uint32_t first_bits(uint32_t address, unsigned bits) {
  return bits == 0 ? 0 : address & ~uint32_t{0} << (32 - bits);
}

/// The first of all that is not before this prefix.
auto from(const View& view, uint32_t address, unsigned bits) {
  const auto all = view.declared_ranges();
  return std::partition_point(all.begin(), all.end(), [&](const DeclaredRange& each) {
    return std::pair(wire::load32(each.address), unsigned{each.bits}) < std::pair(address, bits);
  });
}

}  // namespace

uint32_t declared_around(const View& view, uint32_t address, unsigned bits, uint32_t zone) {
  for (unsigned size = bits + 1; size-- > 0;) {
    const uint32_t start = first_bits(address, size);
    for (auto it = from(view, start, size); it != view.declared_ranges().end(); ++it) {
      if (wire::load32(it->address) != start || it->bits != size) break;
      if (it->zone == zone) return it->range;
    }
  }
  return 0;
}

bool is_declared_at(const View& view, uint32_t address, unsigned bits) {
  const auto end = view.declared_ranges().end();
  for (unsigned size = 0; size < bits; ++size) {
    const uint32_t start = first_bits(address, size);
    const auto it = from(view, start, size);
    if (it != end && wire::load32(it->address) == start && it->bits == size) return true;
  }
  const auto it = from(view, address, bits);
  return it != end && first_bits(wire::load32(it->address), bits) == address;
}

}  // namespace ptrd::image
