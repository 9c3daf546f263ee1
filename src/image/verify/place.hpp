// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "ptrd/image/image.hpp"

namespace ptrd::image {

/// The position of a name in the tree, which determines what may be below it.
struct Place {
  enum class Tree : uint8_t { other, in_addr, ip6 };
  Tree tree = Tree::other;
  uint8_t units = 0;             // octets or nibbles consumed
  uint8_t labels = 0;            // from the root
  size_t name_size = 1;          // wire bytes, root included
  uint64_t hash = 0;             // of the name, as in the label index
  uint32_t node = kHeaderLines;  // the enclosing Node
  uint32_t zone = 0;
  bool open = true;  // neither cut nor DNAME at or above
  std::array<uint8_t, 16> key = {};
  // IPv6: a walk that does not compare skipped nibbles may get here with an address that left the tree at or
  // after the nibbles of the branch above. Then only what encloses that branch may answer.
  uint32_t cover = 0;       // Range of the branch above
  unsigned least_bits = 0;  // of a longer one
};

}  // namespace ptrd::image
