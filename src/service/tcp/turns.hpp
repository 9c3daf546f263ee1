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

/// The time that one client of a queue has used.
struct TimeShare {
  using Time = std::chrono::nanoseconds;
  Time used{0};         // on the clock of its queue
  uint64_t number = 0;  // of its last arrival there
};

/// Items that wait for a turn, in order of the time that they have used: start-time fair queueing (Goyal,
/// Vin, Cheng 1996). The queue's clock is the used time of the item in service. An item that arrives with
/// less joins at the clock minus `kLead`: before all items that are always busy, but with no larger credit
/// than that. `Item` has a member `share`.
template <typename Item>
class FairQueue {
 public:
  using Time = TimeShare::Time;
  static constexpr Time kLead = std::chrono::milliseconds(1);

  [[nodiscard]] bool empty() const { return heap_.empty(); }
  /// Adds `item` to those that wait; it must not be waiting already.
  void add(Item& item) {
    item.share.used = std::max(item.share.used, clock_ - kLead);
    item.share.number = ++added_;
    heap_.push_back(&item);
    std::push_heap(heap_.begin(), heap_.end(), is_behind);
  }
  /// Takes the item with the least used time; among equals the one that arrived first. The queue must not be
  /// empty.
  [[nodiscard]] Item& take() {
    std::pop_heap(heap_.begin(), heap_.end(), is_behind);
    Item& first = *heap_.back();
    heap_.pop_back();
    clock_ = std::max(clock_, first.share.used);
    return first;
  }
  /// Charges the duration of a turn to `item`, which must not be waiting. If no item waits, none has used too
  /// much.
  void charge(Item& item, Time used) {
    item.share.used += used;
    latest_ = std::max(latest_, item.share.used);
    if (!heap_.empty()) return;
    clock_ = latest_;
    heap_ = {};  // most queues are empty most of the time
  }
  /// Whether `item` has used no more time than a new one would be charged with: then it can be forgotten
  /// without effect.
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

/// A session's entry among those of its network.
struct TurnPlace {
  TimeShare share;
  std::shared_ptr<TcpSession> waiting;  // the session, while it waits
};

/// Decides whose turn it is on a TCP thread: of the waiting networks the one that has used the least time,
/// and of its connections the one that has used the least. So neither a connection nor a network gets more
/// than its share of the thread while others wait, whatever its messages cost, and a client with few queries
/// is served next.
class TcpTurns {
 public:
  using Time = TimeShare::Time;
  struct Network;

  /// Adds a connection of that network; its turns are charged to the network until `leave`.
  [[nodiscard]] Network& enter(ClientPrefix prefix);
  static void leave(Network& network);
  /// Adds the session to those that wait; it must not be waiting already.
  void add(Network& network, TurnPlace& place, std::shared_ptr<TcpSession> session);
  [[nodiscard]] bool empty() const { return networks_waiting_.empty(); }
  /// The session whose turn it is. `empty` must be false, and every turn taken must be `charge`d before the
  /// next.
  [[nodiscard]] std::shared_ptr<TcpSession> take();
  /// Charges the duration of a turn to that session, which must not be waiting.
  void charge(Network& network, TurnPlace& place, Time used);
  /// Forgets networks without connections once they have used no more than their share; to be called
  /// occasionally.
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
