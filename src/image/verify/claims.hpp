// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace ptrd::image {

/// Which lines, or units, are referenced, one bit each. Several threads may claim at once: if two claim the
/// same one, one of them is told.
class Claims {
 public:
  /// For numbers below `count`. Allocates no memory before the first claim.
  explicit Claims(uint64_t count)
      : count_(count), words_(static_cast<uint64_t*>(std::calloc(count / kBits + 1, sizeof(uint64_t)))) {
    if (words_ == nullptr) throw std::bad_alloc();
  }

  /// Claims `first` to `first + count - 1`, which must be in range. Returns the first one that was already
  /// claimed, or `first + count`.
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
  /// Whether it is claimed; false out of range. Final only when all claims are done.
  [[nodiscard]] bool claimed(uint64_t line) const {
    if (line >= count_) return false;
    const std::atomic_ref<uint64_t> word(words_[line / kBits]);
    return (word.load(std::memory_order_relaxed) >> line % kBits & 1) != 0;
  }

 private:
  struct Free {
    void operator()(uint64_t* words) const { std::free(words); }
  };
  static constexpr uint64_t kBits = 64;
  uint64_t count_;
  std::unique_ptr<uint64_t[], Free> words_;
};

}  // namespace ptrd::image
