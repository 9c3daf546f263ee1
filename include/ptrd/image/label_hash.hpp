// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The hash of the label index: SipHash-1-3 (Aumasson and Bernstein 2012) of a parent's line and a label, so
// that labels that collide under one key behave randomly under another. The label's bytes are hashed in lower
// case, eight at a time; the last word is built from overlapping loads, which is unambiguous because the size
// is hashed too.
#pragma once

#include <bit>
#include <cstdint>

#include "ptrd/image/format.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::image {

namespace label_hash {

/// The ASCII capitals of eight bytes in lower case, everything else unchanged.
[[nodiscard]] constexpr uint64_t lowered(uint64_t word) {
  constexpr uint64_t kEach = 0x0101010101010101;
  const uint64_t low = word & 0x7F * kEach;
  const uint64_t from_a = low + (0x80 - 'A') * kEach;
  const uint64_t behind_z = low + (0x7F - 'Z') * kEach;
  return word | ((from_a & ~behind_z & ~word & 0x80 * kEach) >> 2);
}

struct State {
  explicit State(const IndexKey& key)
      : v0(key.words[0] ^ 0x736F6D6570736575),
        v1(key.words[1] ^ 0x646F72616E646F6D),
        v2(key.words[0] ^ 0x6C7967656E657261),
        v3(key.words[1] ^ 0x7465646279746573) {}
  void round() {
    v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
    v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
  }
  void take(uint64_t word) {
    v3 ^= word;
    round();
    v0 ^= word;
  }
  [[nodiscard]] uint64_t finish() {
    v2 ^= 0xFF;
    round(), round(), round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
  uint64_t v0, v1, v2, v3;
};

}  // namespace label_hash

/// The hash of `label` (any case, 1 to 63 bytes) below the Node at line `parent`.
[[nodiscard]] inline uint32_t hash_label(const IndexKey& key, uint32_t parent, wire::Bytes label) {
  label_hash::State state(key);
  const uint8_t* p = label.data();
  size_t left = label.size();
  state.take(uint64_t{parent} << 32 | left);
  for (; left > 8; left -= 8, p += 8) state.take(label_hash::lowered(wire::load_raw<uint64_t>(p)));
  uint64_t last = 0;
  if (left >= 4) {
    last = wire::load_raw<uint32_t>(p) | uint64_t{wire::load_raw<uint32_t>(p + left - 4)} << 32;
  } else if (left > 0) {
    last = p[0] | uint64_t{p[left / 2]} << 8 | uint64_t{p[left - 1]} << 16;
  }
  state.take(label_hash::lowered(last));
  return static_cast<uint32_t>(state.finish());
}

}  // namespace ptrd::image
