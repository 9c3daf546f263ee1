// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/outstanding.hpp"

#include <algorithm>

namespace ptrd::load {

Outstanding::Outstanding(Numbering numbering, size_t queries, size_t first, int64_t timeout, bool shared)
    : numbering_(numbering),
      queries_(queries),
      timeout_(timeout),
      shared_(shared),
      slots_(new Slot[numbering.size()]),
      next_query_(first % queries),
      announced_query_(next_query_) {}

void Outstanding::announce(int64_t due, uint64_t count) {
  const uint64_t end = next() + announced_ + count;
  for (uint64_t n = end - count; n < end; ++n) {
    Slot& slot = slot_of(n);
    slot.due.store(due, std::memory_order_relaxed);
    slot.state.store(state_of(announced_query_, Fate::pending), std::memory_order_release);
    announced_query_ = query_after(announced_query_);
  }
  announced_ += count;
}

void Outstanding::sent(uint64_t count) {
  for (uint64_t i = count; i < announced_; ++i)
    slot_of(next() + i).state.store(state_of(0, Fate::none), std::memory_order_release);
  next_query_ = count == announced_ ? announced_query_ : (next_query_ + count) % queries_;
  announced_query_ = next_query_;
  announced_ = 0;
  next_.store(next() + count, std::memory_order_relaxed);
}

Outstanding::Found Outstanding::before(const Found& found) const {
  if (next() <= numbering_.size() + found.slot) return {};
  const size_t back = numbering_.size() % queries_;
  return {.slot = found.slot,
          .query = (found.query + queries_ - back) % queries_,
          .due = found.due,
          .fate = Fate::lost};
}

bool Outstanding::settle(int64_t now) {
  for (const uint64_t end = next(); settled_ < end; ++settled_) {
    const Slot& slot = slot_of(settled_);
    const int64_t due = slot.due.load(std::memory_order_relaxed);
    if (fate_in(slot.state.load(std::memory_order_acquire)) == Fate::pending) {
      if (due + timeout_ > now) return false;
      if (decide(find(numbering_.mark(settled_)), Fate::lost)) {
        ++lost_;
        pass(due, false);
        continue;
      }
    }
    pass(due, true);
  }
  return true;
}

/// Queries pass here in the order in which they were due.
void Outstanding::pass(int64_t due, bool answered) {
  if (!answered) {
    if (silent_since_ < 0) silent_since_ = due;
    return;
  }
  if (silent_since_ < 0) return;
  longest_silence_ = std::max(longest_silence_, static_cast<uint64_t>(due - silent_since_));
  silent_since_ = -1;
}

Outstanding::Settled Outstanding::settled() const {
  uint64_t silence = longest_silence_;
  if (silent_since_ >= 0 && next() > 0) {
    const int64_t last = find(numbering_.mark(next() - 1)).due;
    silence = std::max(silence, static_cast<uint64_t>(last - silent_since_));
  }
  return {.lost = lost_ - not_lost_.load(std::memory_order_relaxed), .longest_silence = silence};
}

}  // namespace ptrd::load
