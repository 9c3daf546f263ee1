// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/tcp/turns.hpp"

#include <utility>

namespace ptrd::service {

TcpTurns::Network& TcpTurns::enter(ClientPrefix prefix) {
  Network& network = networks_[prefix];
  ++network.connections;
  return network;
}

void TcpTurns::leave(Network& network) {
  --network.connections;
}

void TcpTurns::add(Network& network, TurnPlace& place, std::shared_ptr<TcpSession> session) {
  place.waiting = std::move(session);
  network.places.add(place);
  if (!std::exchange(network.waits, true)) networks_waiting_.add(network);
}

std::shared_ptr<TcpSession> TcpTurns::take() {
  Network& network = networks_waiting_.take();
  network.waits = false;
  return std::move(network.places.take().waiting);
}

void TcpTurns::charge(Network& network, TurnPlace& place, Time used) {
  network.places.charge(place, used);
  const bool goes_on = !network.places.empty() && !network.waits;
  // Before it waits again, as the queue is ordered by the time used.
  networks_waiting_.charge(network, used);
  if (!goes_on) return;
  network.waits = true;
  networks_waiting_.add(network);
}

void TcpTurns::sweep() {
  std::erase_if(networks_, [this](const auto& entry) {
    const Network& network = entry.second;
    return network.connections == 0 && !network.waits && network.places.empty() &&
           networks_waiting_.is_even(network);
  });
}

}  // namespace ptrd::service
