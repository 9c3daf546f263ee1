// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#ifdef __SSE4_1__
#include <smmintrin.h>
#endif

#include <bit>
#include <cstdint>

#include "ptrd/image/format.hpp"

namespace ptrd::image {

/// The index of an octet's Ref in `FewOctets::ref`: that of all others if it is not listed.
[[nodiscard, gnu::always_inline]] inline unsigned find_octet_plain(const FewOctets& few, uint8_t octet) {
  for (unsigned i = 0; i < few.count; ++i) {
    if (few.octet[i] == octet) return i;
  }
  return FewOctets::kMax;
}

#ifdef __SSE4_1__
/// The same without a loop, whose exit would be unpredictable.
[[nodiscard, gnu::always_inline]] inline unsigned find_octet(const FewOctets& few, uint8_t octet) {
  const __m128i listed = _mm_load_si128(reinterpret_cast<const __m128i*>(&few));
  const __m128i wanted = _mm_shuffle_epi8(_mm_cvtsi32_si128(octet), _mm_setzero_si128());
  const auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(listed, wanted)));
  // The first byte is the count.
  const unsigned among_listed = (found >> 1) & ((1U << few.count) - 1);
  return static_cast<unsigned>(std::countr_zero(among_listed | 1U << FewOctets::kMax));
}
#else
[[nodiscard]] inline unsigned find_octet(const FewOctets& few, uint8_t octet) {
  return find_octet_plain(few, octet);
}
#endif

}  // namespace ptrd::image
