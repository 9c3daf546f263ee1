// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstring>

#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::answer {

/// wire::same_ignoring_case, optimized for names that are usually identical, of different lengths, or
/// different in the first eight bytes: no function call, or one to memcmp.
[[nodiscard, gnu::always_inline]] inline bool same_name(wire::Bytes a, wire::Bytes b) {
  const size_t size = a.size();
  if (size != b.size()) return false;
  if (size >= 8) {
    constexpr uint64_t kCase = 0x2020'2020'2020'2020U;  // the bit that tells upper from lower case
    const auto differs = [&](size_t at) {
      return wire::load_raw<uint64_t>(a.data() + at) ^ wire::load_raw<uint64_t>(b.data() + at);
    };
    uint64_t difference = differs(0);
    if ((difference & ~kCase) != 0) return false;
    difference |= differs(size - 8);
    if (size > 16 && size <= 32) difference |= differs(8) | differs(size - 16);
    if (difference == 0 && (size <= 32 || std::memcmp(a.data(), b.data(), size) == 0)) return true;
  }
  return wire::same_ignoring_case(a, b);
}

}  // namespace ptrd::answer
