// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "ptrd/image/image.hpp"

namespace ptrd::answer {

/// The nibbles of a name in ip6.arpa, from the root on.
struct NibbleKey {
  std::array<uint8_t, 16> octets = {};  // network order, zero after `count` nibbles
  unsigned count = 0;

  [[nodiscard]] uint8_t nibble(unsigned i) const {
    return static_cast<uint8_t>(i % 2 == 0 ? octets[i / 2] >> 4 : octets[i / 2] & 15);
  }
};

/// The number of leading nibbles of two addresses, up to 32, that are the same.
[[nodiscard]] inline unsigned common_nibbles(const uint8_t* a, const uint8_t* b) {
  const uint64_t upper = wire::load_raw<uint64_t>(a) ^ wire::load_raw<uint64_t>(b);
  if (upper != 0) return static_cast<unsigned>(std::countl_zero(__builtin_bswap64(upper))) / 4;
  const uint64_t lower = wire::load_raw<uint64_t>(a + 8) ^ wire::load_raw<uint64_t>(b + 8);
  return 16 + static_cast<unsigned>(std::countl_zero(__builtin_bswap64(lower))) / 4;
}

/// Whether the nibbles of an IPv6 address continue below a Node with these `children`.
[[nodiscard]] inline bool has_nibbles(const image::View& view, image::Ref children) {
  if (children.is_none() || children.is_octet_table()) return false;
  return !children.is(image::Ref::Kind::range) ||
         (view.at<image::Range>(children.line()).flags & image::range_flag::v6) != 0;
}

/// Walks down from `from`, a Node of ip6.arpa with such children, by the remaining nibbles of `key`, to the
/// next Node or to the last name that exists. The result is the same as that of View::child label by label,
/// but this goes from branch to branch and compares the nibbles between them at once. `passed`: how many.
[[nodiscard]] image::Position walk_nibbles(const image::View& view, const image::Position& from,
                                           const NibbleKey& key, unsigned& passed);

}  // namespace ptrd::answer
