// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/tcp/turns.hpp"

#include <gtest/gtest.h>

#include <map>

namespace ptrd::service {
namespace {

using namespace std::chrono_literals;
using Time = TimeShare::Time;

struct Waiting {
  TimeShare share;
  Time cost{0};  // of each of its turns
  Time had{0};
};

/// Serves clients that are always waiting for `time`; returns the time of each.
void serve(FairQueue<Waiting>& queue, Time time) {
  for (Time passed{0}; passed < time;) {
    Waiting& next = queue.take();
    queue.charge(next, next.cost);
    next.had += next.cost;
    passed += next.cost;
    queue.add(next);
  }
}

// Clients that always have queries get the same time, whatever their messages cost.
TEST(FairQueueTest, EqualTime) {
  FairQueue<Waiting> queue;
  std::array<Waiting, 4> clients;
  const std::array<Time, 4> costs = {10us, 50us, 200us, 12ms};
  for (size_t i = 0; i < clients.size(); ++i) {
    clients[i].cost = costs[i];
    queue.add(clients[i]);
  }
  serve(queue, 10s);
  for (const Waiting& client : clients)
    EXPECT_NEAR(std::chrono::duration<double>(client.had).count(), 2.5, 0.1);
}

// A client that asks occasionally is served next, however many wait; unused time is not saved up.
TEST(FairQueueTest, SeldomIsNext) {
  FairQueue<Waiting> queue;
  std::array<Waiting, 1000> busy;
  for (Waiting& client : busy) {
    client.cost = 200us;
    queue.add(client);
  }
  serve(queue, 1s);
  Waiting seldom{.cost = 20us};
  for (int i = 0; i < 100; ++i) {
    queue.add(seldom);
    Waiting& next = queue.take();
    ASSERT_EQ(&next, &seldom) << i;
    queue.charge(next, next.cost);
    serve(queue, 50ms);
  }
  // From now on it asks continuously, and is ahead by no more than its lead and one turn of each other
  // client.
  queue.add(seldom);
  seldom.had = {};
  serve(queue, 1s);
  EXPECT_LT(seldom.had, 3ms);
}

// If no other client waits, no time is charged: a single client gets all the time, and owes nothing for it.
TEST(FairQueueTest, NothingOwedWhenIdle) {
  FairQueue<Waiting> queue;
  Waiting alone{.cost = 200us};
  for (int i = 0; i < 10000; ++i) {
    queue.add(alone);
    queue.charge(queue.take(), alone.cost);
  }
  Waiting other{.cost = 200us};
  queue.add(other);
  queue.add(alone);
  serve(queue, 1s);
  EXPECT_NEAR(std::chrono::duration<double>(alone.had).count(), 0.5, 0.01);
}

/// A network's connections, which always wait.
class Networks {
 public:
  void add(ClientPrefix prefix, size_t connections, Time cost) {
    for (size_t i = 0; i < connections; ++i) {
      places_.push_back(std::make_unique<Place>(Place{turns.enter(prefix), {}, cost, prefix}));
      wait(*places_.back());
    }
  }
  std::map<ClientPrefix, Time> serve(Time time) {
    std::map<ClientPrefix, Time> had;
    for (Time passed{0}; passed < time;) {
      // The pointer identifies the session, which is not accessed.
      auto* place = reinterpret_cast<Place*>(turns.take().get());
      turns.charge(place->network, place->place, place->cost);
      had[place->prefix] += place->cost;
      passed += place->cost;
      wait(*place);
    }
    return had;
  }
  void end() {
    while (!turns.empty()) {
      auto* place = reinterpret_cast<Place*>(turns.take().get());
      turns.charge(place->network, place->place, {});
      TcpTurns::leave(place->network);
    }
  }
  TcpTurns turns;

 private:
  struct Place {
    TcpTurns::Network& network;
    TurnPlace place;
    Time cost;
    ClientPrefix prefix;
  };
  void wait(Place& place) {
    turns.add(place.network, place.place,
              std::shared_ptr<TcpSession>(std::shared_ptr<void>(), reinterpret_cast<TcpSession*>(&place)));
  }
  std::vector<std::unique_ptr<Place>> places_;
};

// A network gets no more time for having many connections, nor a connection for expensive queries.
TEST(TcpTurnsTest, NetworksShareAlike) {
  Networks networks;
  networks.add(1, 1000, 200us);
  networks.add(2, 1, 10us);
  networks.add(3, 10, 50us);
  auto had = networks.serve(3s);
  for (const ClientPrefix prefix : {ClientPrefix{1}, ClientPrefix{2}, ClientPrefix{3}})
    EXPECT_NEAR(std::chrono::duration<double>(had[prefix]).count(), 1.0, 0.05) << prefix;
}

// A network without connections is forgotten once that makes no difference.
TEST(TcpTurnsTest, Forgets) {
  Networks networks;
  networks.add(1, 10, 100us);
  networks.add(2, 1, 100us);
  (void)networks.serve(100ms);
  networks.turns.sweep();
  EXPECT_EQ(networks.turns.networks(), 2U);
  networks.end();
  networks.turns.sweep();
  EXPECT_EQ(networks.turns.networks(), 0U);
}

}  // namespace
}  // namespace ptrd::service
