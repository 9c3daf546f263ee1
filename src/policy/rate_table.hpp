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
  static constexpr unsigned kTagBits = 64 - kTimeBits;
  struct alignas(64) Line {
    std::atomic<uint64_t> entries[8];
  };

  /// `lines` is a power of two, 2 to 2^24; each takes 64 bytes. Throws std::bad_alloc.
  explicit RateTable(size_t lines);
  /// The same in memory that others share; all zero is empty. It must outlive the table.
  explicit RateTable(std::span<Line> lines) : RateTable(lines.data(), lines.size()) {}

  /// Where the entry of a key is, and the tag that it has. The tag's upper three bits say where in the line
  /// to look first, so `bits` without the rest of the tag is the number of that entry in the whole table.
  struct Place {
    uint64_t bits;  // the line's number, then the tag

    [[nodiscard]] size_t line() const { return bits >> kTagBits; }
    [[nodiscard]] uint16_t tag() const { return static_cast<uint16_t>(bits); }
  };
  /// Made from a keyed hash of 64 bits (`KeyedHash`): its upper bits are the line, the next 16 the tag. In
  /// the hashes of short prefixes, the bits far below are all the same.
  [[nodiscard]] Place place(uint64_t hash) const { return {hash >> tag_shift_}; }
  void prefetch(Place place) const { __builtin_prefetch(&first(place)); }

  /// How many of `count` events of a key are allowed at `now`, in microseconds of a clock that never goes
  /// back, below 2^48 (8.9 years). At most as many as are due are ever allowed while the key is near its
  /// limit; far below it, two workers at the same instant may count an event once.
  [[nodiscard]] uint32_t take(Place place, uint32_t count, Rate rate, uint64_t now);
  /// The same for one event, but only if that is easily seen to be allowed, as it nearly always is: the entry
  /// is where it is looked for first, and would be less than `room`, at most half the window, ahead.
  [[nodiscard]] bool take_easily(Place place, uint32_t cost, uint64_t room, uint64_t now) {
    std::atomic<uint64_t>& entry = first(place);
    const uint64_t tag = place.bits << kTimeBits;
    // The time, if the tag is the key's; otherwise more than any time.
    const uint64_t time = entry.load(std::memory_order_relaxed) ^ tag;
    const uint64_t next = std::max(time, now) + cost;
    if (next - now >= room) return false;
    entry.store(tag | next, std::memory_order_relaxed);
    return true;
  }

  [[nodiscard]] size_t bytes() const { return lines_count_ * sizeof(Line); }
  /// Entries that are ahead of `now`, for statistics.
  [[nodiscard]] size_t used(uint64_t now) const;

 private:
  static constexpr uint64_t kTime = (uint64_t{1} << kTimeBits) - 1;
  static_assert(sizeof(Line) == 64);
  static_assert(std::atomic<uint64_t>::is_always_lock_free);

  [[nodiscard]] std::atomic<uint64_t>& first(Place place) const {
    return entries_[place.bits >> (kTagBits - 3)];
  }
  [[nodiscard]] static uint32_t due(uint64_t ahead, uint32_t count, Rate rate);
  [[nodiscard]] std::atomic<uint64_t>& entry_of(Place place, uint64_t now) const;

  RateTable(Line* lines, size_t count);
  struct Free {
    void operator()(Line* lines) const { std::free(lines); }
  };
  std::unique_ptr<Line[], Free> own_;  // null: the lines are others'
  Line* lines_;
  std::atomic<uint64_t>* entries_;  // all lines' entries
  size_t lines_count_;
  unsigned tag_shift_;
};

}  // namespace ptrd::policy
