// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <immintrin.h>

#include "policy/siphash.hpp"

namespace ptrd::policy {

bool has_sip_lanes() {
  return __builtin_cpu_supports("avx2") != 0;
}

[[gnu::target("avx2")]] void siphash24_lanes(const SipKey& key, const uint64_t* words, size_t stride,
                                             size_t blocks, uint64_t* hashes) {
  const auto all = [](uint64_t x) { return static_cast<long long>(x); };
  __m256i v0 = _mm256_set1_epi64x(all(key[0] ^ 0x736F6D6570736575ULL));
  __m256i v1 = _mm256_set1_epi64x(all(key[1] ^ 0x646F72616E646F6DULL));
  __m256i v2 = _mm256_set1_epi64x(all(key[0] ^ 0x6C7967656E657261ULL));
  __m256i v3 = _mm256_set1_epi64x(all(key[1] ^ 0x7465646279746573ULL));
  const __m256i by_16 = _mm256_setr_epi8(6, 7, 0, 1, 2, 3, 4, 5, 14, 15, 8, 9, 10, 11, 12, 13, 6, 7, 0, 1, 2,
                                         3, 4, 5, 14, 15, 8, 9, 10, 11, 12, 13);
  // The finalization is four rounds over a block of zeros.
  for (size_t i = 0; i <= blocks; ++i) {
    const bool final = i == blocks;
    const __m256i block = final ? _mm256_setzero_si256()
                                : _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words + i * stride));
    v3 = _mm256_xor_si256(v3, block);
    if (final) v2 = _mm256_xor_si256(v2, _mm256_set1_epi64x(0xFF));
    for (int round = final ? 4 : 2; round > 0; --round) {
      v0 = _mm256_add_epi64(v0, v1);
      v2 = _mm256_add_epi64(v2, v3);
      v1 = _mm256_xor_si256(_mm256_or_si256(_mm256_slli_epi64(v1, 13), _mm256_srli_epi64(v1, 51)), v0);
      v3 = _mm256_xor_si256(_mm256_shuffle_epi8(v3, by_16), v2);
      v0 = _mm256_shuffle_epi32(v0, 0xB1);  // by 32
      v2 = _mm256_add_epi64(v2, v1);
      v0 = _mm256_add_epi64(v0, v3);
      v1 = _mm256_xor_si256(_mm256_or_si256(_mm256_slli_epi64(v1, 17), _mm256_srli_epi64(v1, 47)), v2);
      v3 = _mm256_xor_si256(_mm256_or_si256(_mm256_slli_epi64(v3, 21), _mm256_srli_epi64(v3, 43)), v0);
      v2 = _mm256_shuffle_epi32(v2, 0xB1);
    }
    v0 = _mm256_xor_si256(v0, block);
  }
  const __m256i hash = _mm256_xor_si256(_mm256_xor_si256(v0, v1), _mm256_xor_si256(v2, v3));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(hashes), hash);
}

}  // namespace ptrd::policy
