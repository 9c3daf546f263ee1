// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <vector>

namespace ptrd::image {

/// Which lines have a user, a bit each. Several threads may claim lines at once: of two that claim the same
/// one, one is told so.
class Claims {
 public:
  explicit Claims(uint64_t lines) : words_((lines + kBits - 1) / kBits) {}

  /// Claims lines `first` to `first + count - 1`, which must be below the number of lines. Gives the first
  /// one that has a user already, or `first + count`.
  [[nodiscard]] uint64_t claim(uint64_t first, uint64_t count) {
    for (uint64_t line = first; line < first + count;) {
      const uint64_t in_word = line % kBits;
      const uint64_t here = std::min(kBits - in_word, first + count - line);
      const uint64_t mask = (here == kBits ? ~uint64_t{0} : (uint64_t{1} << here) - 1) << in_word;
      const std::atomic_ref<uint64_t> word(words_[line / kBits]);
      const uint64_t taken = word.fetch_or(mask, std::memory_order_relaxed) & mask;
      if (taken != 0) return line - in_word + static_cast<uint64_t>(std::countr_zero(taken));
      line += here;
    }
    return first + count;
  }
  /// When nobody claims any more.
  [[nodiscard]] bool claimed(uint64_t line) const { return (words_[line / kBits] >> line % kBits & 1) != 0; }

 private:
  static constexpr uint64_t kBits = 64;
  std::vector<uint64_t> words_;
};

}  // namespace ptrd::image
