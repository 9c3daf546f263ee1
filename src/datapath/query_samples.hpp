// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>

#include "ptrd/answer/engine.hpp"

namespace ptrd::datapath {

/// The prefix of the queried address in one word, so that it is written with one store: the /24 of an IPv4
/// address, the /48 of an IPv6 address, or "other" for any other name.
class SampledPrefix {
 public:
  enum class Kind : uint8_t { none, v4, v6, other };
  SampledPrefix() = default;
  explicit SampledPrefix(uint64_t word) : word_(word) {}
  static SampledPrefix of(const answer::Query& query) {
    using wire::QuestionName;
    // Without a question `name` is that of the query before.
    const auto kind = query.question_end == wire::kHeaderSize ? QuestionName::Kind::other : query.name.kind;
    if (kind == QuestionName::Kind::v4)
      return SampledPrefix(uint64_t{query.name.v4} >> 8 << 40 | static_cast<uint64_t>(Kind::v4));
    if (kind == QuestionName::Kind::v6)
      return SampledPrefix(query.name.v6[0] >> 16 << 16 | static_cast<uint64_t>(Kind::v6));
    return SampledPrefix(static_cast<uint64_t>(Kind::other));
  }
  [[nodiscard]] Kind kind() const { return static_cast<Kind>(word_ & 0xFF); }
  /// The prefix from the most significant bit on: 24 bits of an IPv4 address, 48 of an IPv6 address.
  [[nodiscard]] uint64_t bits() const { return word_ >> 16 << 16; }
  [[nodiscard]] uint64_t word() const { return word_; }

 private:
  uint64_t word_ = 0;
};

/// The prefixes that were recently queried at a worker: those of one query in kMeanGap, in a ring that only
/// the worker writes; it need not be read. The gaps vary, since otherwise a periodic load in step with them
/// would always show the same few names.
class QuerySamples {
 public:
  static constexpr size_t kRing = 1024;  // 8 KiB; a worker starts a new cache line every 512 queries or so
  static constexpr uint64_t kMeanGap = 64;

  /// To be called once for each parsed burst. Not inlined, as it would take registers from the worker's loop.
  [[gnu::noinline]] void take(std::span<const answer::Query> queries) {
    while (next_ < queries.size()) {
      put(queries[next_]);
      next_ += gap();
    }
    next_ -= queries.size();
  }

  /// Samples taken so far; any thread.
  [[nodiscard]] uint64_t taken() const { return taken_.load(std::memory_order_acquire); }
  /// Sample `number`, which must be below `taken()`; overwritten by a later one after kRing more samples. Any
  /// thread.
  [[nodiscard]] SampledPrefix at(uint64_t number) const {
    return SampledPrefix(ring_[number % kRing].load(std::memory_order_relaxed));
  }

 private:
  void put(const answer::Query& query) {
    if (query.path == answer::Query::Path::drop) return;
    const uint64_t number = taken_.load(std::memory_order_relaxed);
    ring_[number % kRing].store(SampledPrefix::of(query).word(), std::memory_order_relaxed);
    taken_.store(number + 1, std::memory_order_release);
  }
  /// 1, 3, ... 127 with equal probability: the upper bits of a linear congruential generator (Numerical
  /// Recipes).
  size_t gap() {
    random_ = random_ * 1664525 + 1013904223;
    return 1 + 2 * size_t{random_ >> 26};
  }

  size_t next_ = 0;  // queries until the next sample
  uint32_t random_ = 1;
  std::atomic<uint64_t> taken_ = 0;
  alignas(64) std::array<std::atomic<uint64_t>, kRing> ring_{};
};

}  // namespace ptrd::datapath
