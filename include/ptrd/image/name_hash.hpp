// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The hash of the label index: of whole names, from the root down, so that one pass over a name's labels
// gives the hashes of all names above it, and that it does not change when a line moves. A label is hashed as
// it is on the wire, its length first, in lower case, eight bytes at a time: each is added to the hash so
// far, which is then multiplied by the key (to 128 bits, the halves of which are combined). So names that
// collide under one key behave randomly under another.
#pragma once

#include <cstdint>

#include "ptrd/image/format.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::image {

/// The hash of the root.
[[nodiscard]] inline uint64_t root_hash(const IndexKey& key) {
  return key.words[0];
}

namespace name_hash {

[[nodiscard]] inline uint64_t mixed(const IndexKey& key, uint64_t word) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{word} * (key.words[1] | 1);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace name_hash

/// The hash of the name one label below that with the hash `above`. `label`: wire form, lower case; up to
/// seven bytes behind it are read.
[[nodiscard]] inline uint64_t hash_below(const IndexKey& key, uint64_t above, const uint8_t* label) {
  unsigned left = *label + 1U;
  for (; left > 8; left -= 8, label += 8)
    [[unlikely]] above = name_hash::mixed(key, above ^ wire::load_raw<uint64_t>(label));
  const uint64_t last = wire::load_raw<uint64_t>(label) & (~uint64_t{0} >> (64 - 8 * left));
  return name_hash::mixed(key, above ^ last);
}
/// The same for a label of one octet.
[[nodiscard]] inline uint64_t hash_below(const IndexKey& key, uint64_t above, char octet) {
  return name_hash::mixed(key, above ^ (1 | uint64_t{static_cast<uint8_t>(octet)} << 8));
}

/// What a search for a name with this hash goes by: the upper half is stored in its slot, the lower bits are
/// the number of the line to start at. A mixture of all bits (the end of MurmurHash3).
[[nodiscard]] inline uint64_t index_place(uint64_t hash) {
  constexpr unsigned kShift = 33;
  hash = (hash ^ hash >> kShift) * 0xFF51'AFD7'ED55'8CCD;
  hash = (hash ^ hash >> kShift) * 0xC4CE'B9FE'1A85'EC53;
  return hash ^ hash >> kShift;
}

/// Whether two labels in the form of `hash_below` are the same.
[[nodiscard]] inline bool same_label(const uint8_t* a, const uint8_t* b) {
  unsigned left = *a + 1U;
  const auto differs = [&] { return wire::load_raw<uint64_t>(a) ^ wire::load_raw<uint64_t>(b); };
  for (; left > 8; left -= 8, a += 8, b += 8) [[unlikely]] {
      if (differs() != 0) return false;
    }
  return differs() << (64 - 8 * left) == 0;
}

}  // namespace ptrd::image
