// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::policy {

/// A key of SipHash: its 16 bytes as two little-endian words.
using SipKey = std::array<uint64_t, 2>;

/// SipHash-2-4 (Aumasson and Bernstein 2012, "SipHash: a fast short-input PRF") of a message of kWords whole
/// words (little-endian) and a tail of fewer than eight bytes, which is the low bytes of `tail`.
template <size_t kWords>
[[nodiscard]] inline uint64_t siphash24(const SipKey& key, const std::array<uint64_t, kWords>& words,
                                        uint64_t tail, size_t tail_size) {
  uint64_t v0 = key[0] ^ 0x736F6D6570736575ULL;
  uint64_t v1 = key[1] ^ 0x646F72616E646F6DULL;
  uint64_t v2 = key[0] ^ 0x6C7967656E657261ULL;
  uint64_t v3 = key[1] ^ 0x7465646279746573ULL;
  const auto round = [&] {
    v0 += v1;
    v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  };
  for (const uint64_t word : words) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
  const uint64_t last = tail | static_cast<uint64_t>(kWords * 8 + tail_size) << 56;
  v3 ^= last;
  round();
  round();
  v0 ^= last;
  v2 ^= 0xFF;
  round();
  round();
  round();
  round();
  return v0 ^ v1 ^ v2 ^ v3;
}

}  // namespace ptrd::policy
