// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace ptrd::policy {

/// A key of SipHash: its 16 bytes as two little-endian words.
using SipKey = std::array<uint64_t, 2>;

/// The last block of a message of `size` bytes (at most 255): the bytes after its last whole word, which are
/// the low ones of `tail`, and the size.
[[nodiscard]] constexpr uint64_t sip_last(uint64_t tail, size_t size) {
  return tail | static_cast<uint64_t>(size) << 56;
}

/// SipHash-2-4 (Aumasson and Bernstein 2012, "SipHash: a fast short-input PRF") of a message's blocks: its
/// whole words (little-endian), then `sip_last`.
template <size_t kBlocks>
[[nodiscard]] inline uint64_t siphash24(const SipKey& key, const std::array<uint64_t, kBlocks>& blocks) {
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
  for (const uint64_t block : blocks) {
    v3 ^= block;
    round();
    round();
    v0 ^= block;
  }
  v2 ^= 0xFF;
  round();
  round();
  round();
  round();
  return v0 ^ v1 ^ v2 ^ v3;
}

/// Messages that `siphash24_lanes` hashes side by side.
inline constexpr size_t kSipLanes = 4;
/// Whether this CPU can: it takes AVX2.
[[nodiscard]] bool has_sip_lanes();
/// The same for kSipLanes messages of `blocks` blocks each: block b of message i is `words[b * stride + i]`.
void siphash24_lanes(const SipKey& key, const uint64_t* words, size_t stride, size_t blocks,
                     uint64_t* hashes);

}  // namespace ptrd::policy
