// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "service/tcp/limits.hpp"

namespace ptrd::service {

/// How much time one of several has had.
struct TimeShare {
  using Time = std::chrono::nanoseconds;
  Time used{0};         // on the clock of its queue
  uint64_t number = 0;  // of its last arrival there
};

/// Those who wait for a turn, in order of the time that they have had: start-time fair queueing (Goyal, Vin,
/// Cheng 1996). The queue's clock is that of the one that is served. Who comes with less joins at the clock
/// less `kLead`: before all who always have something to do, but with no more saved up than that. `Item` has
/// a member `share`.
template <typename Item>
class FairQueue {
 public:
  using Time = TimeShare::Time;
  static constexpr Time kLead = std::chrono::milliseconds(1);

  [[nodiscard]] bool empty() const { return heap_.empty(); }
  /// `item` waits for a turn; it must not wait already.
  void add(Item& item) {
    item.share.used = std::max(item.share.used, clock_ - kLead);
    item.share.number = ++added_;
    heap_.push_back(&item);
    std::push_heap(heap_.begin(), heap_.end(), is_behind);
  }
  /// Takes the one that has had the least; among equals the one that came first. The queue must not be empty.
  [[nodiscard]] Item& take() {
    std::pop_heap(heap_.begin(), heap_.end(), is_behind);
    Item& first = *heap_.back();
    heap_.pop_back();
    clock_ = std::max(clock_, first.share.used);
    return first;
  }
  /// The turn of `item`, which does not wait, took so long. When nobody waits, nobody has had too much.
  void charge(Item& item, Time used) {
    item.share.used += used;
    latest_ = std::max(latest_, item.share.used);
    if (!heap_.empty()) return;
    clock_ = latest_;
    heap_ = {};  // most queues are empty most of the time
  }
  /// Whether `item` has no more behind it than one that never came: then nothing is lost when it is
  /// forgotten.
  [[nodiscard]] bool is_even(const Item& item) const {
    return heap_.empty() || item.share.used <= clock_ - kLead;
  }

 private:
  static bool is_behind(const Item* a, const Item* b) {
    return a->share.used != b->share.used ? a->share.used > b->share.used : a->share.number > b->share.number;
  }

  std::vector<Item*> heap_;
  Time clock_{0};
  Time latest_{0};  // of all shares
  uint64_t added_ = 0;
};

class TcpSession;

/// A session's place among those of its network.
struct TurnPlace {
  TimeShare share;
  std::shared_ptr<TcpSession> waiting;  // the session, while it waits
};

/// Whose turn it is on a TCP thread: of the networks that want one, the one that has had the least time, and
/// of its connections the one that has. So neither a connection nor a network gets more than its share of the
/// thread while others wait, whatever its messages cost, and who asks little is served next.
class TcpTurns {
 public:
  using Time = TimeShare::Time;
  struct Network;

  /// A connection of that network; its turns are the network's until `leave`.
  [[nodiscard]] Network& enter(ClientPrefix prefix);
  static void leave(Network& network);
  /// The session waits for a turn; it must not wait already.
  void add(Network& network, TurnPlace& place, std::shared_ptr<TcpSession> session);
  [[nodiscard]] bool empty() const { return networks_waiting_.empty(); }
  /// The session whose turn it is. `empty` must be false, and every turn taken must be `charge`d before the
  /// next.
  [[nodiscard]] std::shared_ptr<TcpSession> take();
  /// That session's turn took so long. It does not wait.
  void charge(Network& network, TurnPlace& place, Time used);
  /// Forgets networks without connections once they have had no more than their share: now and then.
  void sweep();
  [[nodiscard]] size_t networks() const { return networks_.size(); }

  struct Network {
    TimeShare share;
    size_t connections = 0;
    bool waits = false;  // in networks_waiting_
    FairQueue<TurnPlace> places;
  };

 private:
  std::unordered_map<ClientPrefix, Network, PrefixHash> networks_;
  FairQueue<Network> networks_waiting_;
};

}  // namespace ptrd::service
