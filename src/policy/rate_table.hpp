// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// How often something has happened lately, for more keys than could be stored: a table of fixed size that all
// workers (and the kernel program) share without a lock.
//
// Each key has a virtual schedule (the "generic cell rate algorithm" of ATM, ITU-T I.371): an event is due
// `cost` microseconds after the one before. The entry holds only the time at which the key will have caught
// up with its schedule. An event is allowed while that is less than `window` ahead of now. So entries decay
// by themselves, a key at rest is an entry in the past, and an event that is denied writes nothing: under a
// flood, all workers only read its line.
//
//   line, 64 bytes: eight entries   ┌────────┬──────────────────────────┐
//                                   │ tag 16 │ time 48, microseconds    │  0: free
//                                   └────────┴──────────────────────────┘
//
// A key belongs to one line. If that is full, the new key takes the entry that is the least ahead: a key that
// is over its limit is the last one to be lost, however many others come. Two keys of one line with the same
// tag share an entry (1 in 65,536).
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

namespace ptrd::policy {

class RateTable {
 public:
  /// A rate, in the form that `take` needs.
  struct Rate {
    uint32_t cost = 0;    // microseconds between two events
    uint64_t window = 0;  // microseconds that a key may be ahead: allows window / cost events at once

    /// `per_second`: 1 to kMaxPerSecond; `burst`: events at once, at least 1.
    [[nodiscard]] static Rate of(uint32_t per_second, uint32_t burst) {
      const uint32_t cost = kSecond / per_second;
      return {.cost = cost, .window = uint64_t{cost} * burst};
    }
  };
  static constexpr uint32_t kSecond = 1'000'000;
  /// Above this the resolution would be worse than 5 %.
  static constexpr uint32_t kMaxPerSecond = 50'000;

  static constexpr unsigned kTimeBits = 48;
  struct alignas(64) Line {
    std::atomic<uint64_t> entries[8];
  };

  /// `lines` is a power of two, 2 to 2^24; each takes 64 bytes. Throws std::bad_alloc.
  explicit RateTable(size_t lines);
  /// The same in memory that others share; all zero is empty. It must outlive the table.
  explicit RateTable(std::span<Line> lines);

  /// Where the entry of a key is. Made from a keyed hash of 64 bits (`keyed_hash`): the upper bits are the
  /// line, the next 16 the tag. In the hashes of short prefixes, the bits far below are all the same.
  struct Place {
    uint32_t line;
    uint16_t tag;  // its upper three bits say where in the line to look first
  };
  [[nodiscard]] Place place(uint64_t hash) const {
    return {.line = static_cast<uint32_t>(hash >> shift_), .tag = static_cast<uint16_t>(hash >> tag_shift_)};
  }
  void prefetch(Place place) const { __builtin_prefetch(&lines_[place.line]); }

  /// How many of `count` events of a key are allowed at `now`, in microseconds of a clock that never goes
  /// back. At most as many as are due are ever allowed while the key is near its limit; far below it, two
  /// workers at the same instant may count an event once.
  [[nodiscard]] uint32_t take(Place place, uint32_t count, Rate rate, uint64_t now) {
    std::atomic<uint64_t>& entry = lines_[place.line].entries[first(place)];
    const uint64_t seen = entry.load(std::memory_order_relaxed);
    const uint64_t next = std::max(seen & kTime, now) + uint64_t{count} * rate.cost;
    // Nearly always: the entry is where it is looked for first, and nowhere near the limit.
    if (seen >> kTimeBits == place.tag && next - now < rate.window / 2) [[likely]] {
      entry.store(uint64_t{place.tag} << kTimeBits | (next & kTime), std::memory_order_relaxed);
      return count;
    }
    return take_slowly(place, count, rate, now);
  }

  [[nodiscard]] size_t bytes() const { return (mask_ + 1) * sizeof(Line); }
  /// Entries that are ahead of `now`, for statistics.
  [[nodiscard]] size_t used(uint64_t now) const;

 private:
  static constexpr unsigned kTagBits = 64 - kTimeBits;
  static constexpr uint64_t kTime = (uint64_t{1} << kTimeBits) - 1;
  static_assert(sizeof(Line) == 64);
  static_assert(std::atomic<uint64_t>::is_always_lock_free);

  static size_t first(Place place) { return place.tag >> (kTagBits - 3); }
  [[nodiscard]] uint32_t take_slowly(Place place, uint32_t count, Rate rate, uint64_t now);
  [[nodiscard]] static uint32_t due(uint64_t ahead, uint32_t count, Rate rate);
  [[nodiscard]] std::atomic<uint64_t>& entry_of(Line& line, Place place, uint64_t now) const;

  struct Free {
    void operator()(Line* lines) const { std::free(lines); }
  };
  std::unique_ptr<Line[], Free> own_;  // null: the lines are others'
  Line* lines_;
  size_t mask_;
  unsigned shift_;
  unsigned tag_shift_;
};

}  // namespace ptrd::policy
