// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/rate_table.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <memory>
#include <new>

namespace ptrd::policy {

namespace {

constexpr size_t kHugePage = 2 << 20;

RateTable::Line* made(size_t lines) {
  const size_t size = lines * sizeof(RateTable::Line);
  auto* const memory = static_cast<RateTable::Line*>(std::aligned_alloc(std::min(size, kHugePage), size));
  if (memory == nullptr) throw std::bad_alloc();
  madvise(memory, size, MADV_HUGEPAGE);  // fewer TLB misses; only an optimization
  std::uninitialized_value_construct_n(memory, lines);
  return memory;
}

}  // namespace

RateTable::RateTable(size_t lines) : RateTable(made(lines), lines) {
  own_.reset(lines_);
}

RateTable::RateTable(Line* lines, size_t count)
    : lines_(lines),
      entries_(lines->entries),
      lines_count_(count),
      tag_shift_(64 - static_cast<unsigned>(std::countr_zero(count)) - kTagBits) {}

/// How many of `count` events fit between `ahead` and the window.
uint32_t RateTable::due(uint64_t ahead, uint32_t count, Rate rate) {
  if (ahead >= rate.window) return 0;
  // Nearly always all of them: no division.
  if (ahead + uint64_t{count} * rate.cost <= rate.window) return count;
  return static_cast<uint32_t>((rate.window - ahead) / rate.cost);
}

/// The key's entry, or the one that it may take.
std::atomic<uint64_t>& RateTable::entry_of(Place place, uint64_t now) const {
  Line& line = lines_[place.line()];
  const auto begin = static_cast<size_t>(&first(place) - line.entries);
  std::atomic<uint64_t>* least = nullptr;
  uint64_t least_time = UINT64_MAX;
  for (unsigned i = 0; i < 8; ++i) {
    std::atomic<uint64_t>& entry = line.entries[(begin + i) & 7];
    const uint64_t seen = entry.load(std::memory_order_relaxed);
    if (seen >> kTimeBits == place.tag()) return entry;
    // The first one in the past is as good as any other.
    const uint64_t time = std::max(seen & kTime, now);
    if (time < least_time) {
      least = &entry;
      least_time = time;
    }
  }
  return *least;
}

uint32_t RateTable::take(Place place, uint32_t count, Rate rate, uint64_t now) {
  // A worker that loses against others this often has a key that is over its limit.
  constexpr unsigned kTries = 4;
  std::atomic<uint64_t>* entry = &first(place);
  uint64_t seen = entry->load(std::memory_order_relaxed);
  if (seen >> kTimeBits != place.tag()) {
    entry = &entry_of(place, now);
    seen = entry->load(std::memory_order_relaxed);
  }
  for (unsigned i = 0; i < kTries; ++i) {
    const bool known = seen >> kTimeBits == place.tag();
    const uint64_t caught_up = known ? std::max(seen & kTime, now) : now;
    const uint32_t allowed = due(caught_up - now, count, rate);
    if (allowed == 0) return 0;
    const uint64_t next = caught_up + uint64_t{allowed} * rate.cost;
    const uint64_t written = uint64_t{place.tag()} << kTimeBits | (next & kTime);
    if (next - now < rate.window / 2) {  // nowhere near the limit: no need to lock the line
      entry->store(written, std::memory_order_relaxed);
      return allowed;
    }
    if (entry->compare_exchange_strong(seen, written, std::memory_order_relaxed)) return allowed;
  }
  return 0;
}

size_t RateTable::used(uint64_t now) const {
  size_t used = 0;
  for (size_t i = 0; i < lines_count_; ++i) {
    for (const auto& entry : lines_[i].entries) {
      if ((entry.load(std::memory_order_relaxed) & kTime) > now) ++used;
    }
  }
  return used;
}

}  // namespace ptrd::policy
