// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/outstanding.hpp"

#include <algorithm>

namespace ptrd::load {

Outstanding::Outstanding(Numbering numbering, size_t queries, size_t first, int64_t timeout)
    : numbering_(numbering),
      queries_(queries),
      first_(first % queries),
      timeout_(timeout),
      slots_(new Slot[numbering.size()]),
      next_query_(first_) {}

void Outstanding::add(int64_t due) {
  const uint64_t n = next();
  Slot& slot = slots_[n & (numbering_.size() - 1)];
  slot.due.store(due, std::memory_order_relaxed);
  slot.state.store(state_of(next_query_, Fate::pending), std::memory_order_release);
  next_query_ = next_query_ + 1 == queries_ ? 0 : next_query_ + 1;
  next_.store(n + 1, std::memory_order_relaxed);
}

Outstanding::Found Outstanding::find(Numbering::Mark mark) const {
  const uint64_t at = numbering_.number(mark);
  if (at == numbering_.size()) return {};
  const uint64_t state = slots_[at].state.load(std::memory_order_acquire);
  return {.slot = at,
          .query = state >> kFateBits,
          .due = slots_[at].due.load(std::memory_order_relaxed),
          .fate = static_cast<Fate>(state & ((1 << kFateBits) - 1))};
}

Outstanding::Found Outstanding::before(const Found& found) const {
  if (next() <= numbering_.size() + found.slot) return {};
  const size_t back = numbering_.size() % queries_;
  return {.slot = found.slot,
          .query = (found.query + queries_ - back) % queries_,
          .due = found.due,
          .fate = Fate::lost};
}

bool Outstanding::decide(const Found& found, Fate fate) {
  uint64_t state = state_of(found.query, found.fate);
  if (!slots_[found.slot].state.compare_exchange_strong(state, state_of(found.query, fate),
                                                        std::memory_order_acq_rel))
    return false;
  if (found.fate == Fate::lost) not_lost_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

bool Outstanding::settle(int64_t now) {
  for (const uint64_t end = next(); settled_ < end; ++settled_) {
    const Found found = find(numbering_.mark(settled_));
    if (found.fate == Fate::pending) {
      if (found.due + timeout_ > now) return false;
      if (decide(found, Fate::lost)) {
        ++lost_;
        pass(found.due, false);
        continue;
      }
    }
    pass(found.due, true);
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
