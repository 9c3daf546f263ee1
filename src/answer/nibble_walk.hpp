// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
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

/// Whether the nibbles of an IPv6 address continue below a Node with these `children`.
[[nodiscard]] inline bool has_nibbles(const image::View& view, image::Ref children) {
  if (children.is_none() || children.is_octet_table()) return false;
  return !children.is(image::Ref::Kind::range) ||
         (view.at<image::Range>(children.line()).flags & image::range_flag::v6) != 0;
}

/// Walks down from `from`, a Node of ip6.arpa with such children, by the remaining nibbles of `key`, to the
/// next Node or to the last name that exists. The result is the same as that of View::child label by label,
/// but this goes from branch to branch and compares the nibbles between them at once.
[[nodiscard]] image::Position walk_nibbles(const image::View& view, const image::Position& from,
                                           const NibbleKey& key);

}  // namespace ptrd::answer
