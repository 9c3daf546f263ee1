// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "load/numbering.hpp"

namespace ptrd::load {

/// The queries of one sender: when each was due, and its outcome. The sender adds and settles; any thread may
/// take a reply, since a card may deliver it to another queue than the one that sent the query.
class Outstanding {
 public:
  enum class Fate : uint8_t { none, pending, answered, wrong, lost };
  /// The query that a reply belongs to.
  struct Found {
    uint64_t slot = 0;
    size_t query = 0;  // its index in the set
    int64_t due = 0;
    Fate fate = Fate::none;  // none: there was no such query
  };
  /// Totals of settled queries.
  struct Settled {
    uint64_t lost = 0;
    uint64_t longest_silence = 0;  // ns
  };

  /// `queries` is the size of the set; the sender sends them in order, starting at `from`. `timeout` in ns.
  /// `shared`: accessed by other threads than the sender's.
  Outstanding(Numbering numbering, size_t queries, size_t first, int64_t timeout, bool shared);

  /// Queries added so far, which is the number of the next one.
  [[nodiscard]] uint64_t next() const { return next_.load(std::memory_order_relaxed); }
  [[nodiscard]] const Numbering& numbering() const { return numbering_; }
  /// The next query, as an index in the set.
  [[nodiscard]] size_t next_query() const { return next_query_; }
  [[nodiscard]] size_t query_after(size_t query) const { return query + 1 == queries_ ? 0 : query + 1; }
  /// How many may be added before the oldest pending ones must be dropped.
  [[nodiscard]] uint64_t room() const { return numbering_.size() - (next() - settled_); }
  /// `count` more queries are about to be sent, all due at `due`: a reply may reach another thread at once.
  /// Requires room.
  void announce(int64_t due, uint64_t count);
  /// Of the announced queries the first `count` have been sent, and the others were not.
  void sent(uint64_t count);

  /// Any thread: the latest query with that mark.
  [[nodiscard]] Found find(Numbering::Mark mark) const;
  /// Any thread: the query with the same mark before that one; its fate is `lost` if there is one.
  [[nodiscard]] Found before(const Found& found) const;
  /// Any thread: changes the fate of a query that was found pending or lost; false if it has changed
  /// meanwhile.
  bool decide(const Found& found, Fate fate);

  /// Sender: gives up queries due before `now` minus the timeout. Returns whether none is pending.
  bool settle(int64_t now);
  /// After the last settle.
  [[nodiscard]] Settled settled() const;

 private:
  struct Slot {
    std::atomic<int64_t> due{0};
    std::atomic<uint64_t> state{0};  // query << kFateBits | fate
  };
  static constexpr unsigned kFateBits = 3;
  [[nodiscard]] Slot& slot_of(uint64_t n) { return slots_[n & (numbering_.size() - 1)]; }
  [[nodiscard]] static Fate fate_in(uint64_t state) {
    return static_cast<Fate>(state & ((1 << kFateBits) - 1));
  }
  [[nodiscard]] static uint64_t state_of(size_t query, Fate fate) {
    return uint64_t{query} << kFateBits | static_cast<uint64_t>(fate);
  }
  void pass(int64_t due, bool answered);

  Numbering numbering_;
  size_t queries_;
  int64_t timeout_;
  bool shared_;
  std::unique_ptr<Slot[]> slots_;
  size_t next_query_;
  uint64_t announced_ = 0;
  size_t announced_query_;  // the one after those
  alignas(64) std::atomic<uint64_t> next_{0};
  std::atomic<uint64_t> not_lost_{0};  // replies that turned out to be wrong later
  alignas(64) uint64_t settled_ = 0;   // all before it have a fate
  uint64_t lost_ = 0;
  uint64_t longest_silence_ = 0;
  int64_t silent_since_ = -1;
};

inline Outstanding::Found Outstanding::find(Numbering::Mark mark) const {
  const uint64_t at = numbering_.number(mark);
  if (at == numbering_.size()) return {};
  const uint64_t state = slots_[at].state.load(std::memory_order_acquire);
  return {.slot = at,
          .query = state >> kFateBits,
          .due = slots_[at].due.load(std::memory_order_relaxed),
          .fate = fate_in(state)};
}

inline bool Outstanding::decide(const Found& found, Fate fate) {
  uint64_t state = state_of(found.query, found.fate);
  std::atomic<uint64_t>& now = slots_[found.slot].state;
  if (shared_) {
    if (!now.compare_exchange_strong(state, state_of(found.query, fate), std::memory_order_acq_rel))
      return false;
  } else {
    // The same without a locked instruction.
    if (now.load(std::memory_order_relaxed) != state) return false;
    now.store(state_of(found.query, fate), std::memory_order_relaxed);
  }
  if (found.fate == Fate::lost) not_lost_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

}  // namespace ptrd::load
