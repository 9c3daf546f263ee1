// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "load/numbering.hpp"

namespace ptrd::load {

/// The queries of one sender: when each was due, and what has become of it. The sender adds and settles; a
/// reply may be taken by any thread, as a card may give it to another queue than the query was sent on.
class Outstanding {
 public:
  enum class Fate : uint8_t { none, pending, answered, wrong, lost };
  /// The query that a reply belongs to.
  struct Found {
    uint64_t slot = 0;
    size_t query = 0;  // its number in the set
    int64_t due = 0;
    Fate fate = Fate::none;  // none: there was no such query
  };
  /// What settled queries add up to.
  struct Settled {
    uint64_t lost = 0;
    uint64_t longest_silence = 0;  // ns
  };

  /// `queries` is how many the set has; the sender asks them in turn, from `first` on. `timeout` in ns.
  Outstanding(Numbering numbering, size_t queries, size_t first, int64_t timeout);

  /// Queries added so far: the number of the next one.
  [[nodiscard]] uint64_t next() const { return next_.load(std::memory_order_relaxed); }
  [[nodiscard]] const Numbering& numbering() const { return numbering_; }
  [[nodiscard]] size_t query_of(uint64_t n) const { return (first_ + n) % queries_; }
  /// How many may be added before the oldest ones that are pending have to go.
  [[nodiscard]] uint64_t room() const { return numbering_.size() - (next() - settled_); }
  /// The next query has been sent, and was due at `due`. Requires room.
  void add(int64_t due);

  /// Any thread: the latest query with that mark.
  [[nodiscard]] Found find(Numbering::Mark mark) const;
  /// Any thread: the query with the same mark before that one; its fate is `lost` where there is one.
  [[nodiscard]] Found before(const Found& found) const;
  /// Any thread: gives the query, pending or lost as it was found, another fate; false when it has got one
  /// meanwhile.
  bool decide(const Found& found, Fate fate);

  /// Sender: gives up what was due before `now` less the timeout. Returns whether none is pending.
  bool settle(int64_t now);
  /// After the last settle.
  [[nodiscard]] Settled settled() const;

 private:
  struct Slot {
    std::atomic<int64_t> due{0};
    std::atomic<uint64_t> state{0};  // query << kFateBits | fate
  };
  static constexpr unsigned kFateBits = 3;
  [[nodiscard]] static uint64_t state_of(size_t query, Fate fate) {
    return uint64_t{query} << kFateBits | static_cast<uint64_t>(fate);
  }
  void pass(int64_t due, bool answered);

  Numbering numbering_;
  size_t queries_;
  size_t first_;
  int64_t timeout_;
  std::unique_ptr<Slot[]> slots_;
  size_t next_query_;
  alignas(64) std::atomic<uint64_t> next_{0};
  std::atomic<uint64_t> not_lost_{0};  // but wrong, as came out later
  alignas(64) uint64_t settled_ = 0;   // all before it have a fate
  uint64_t lost_ = 0;
  uint64_t longest_silence_ = 0;
  int64_t silent_since_ = -1;
};

}  // namespace ptrd::load
