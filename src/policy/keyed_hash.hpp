// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>

namespace ptrd::policy {

/// A hash of 64 bits with secret keys, made of one multiplication, so that the kernel program can compute it
/// as well. For every two inputs, chosen without the keys, the upper `n` bits agree with a probability of at
/// most 2/2^n (Dietzfelbinger et al. 1997, "multiply-shift"); the lower bits are weak.
struct KeyedHash {
  uint64_t multiplier = 1;  // random, odd
  uint64_t offset = 0;      // random

  [[nodiscard]] constexpr uint64_t operator()(uint64_t x) const { return x * multiplier + offset; }
};

}  // namespace ptrd::policy
