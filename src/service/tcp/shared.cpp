// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <asio/post.hpp>
#include <utility>

#include "service/tcp/session.hpp"

namespace ptrd::service {

using Phase = TcpSession::Phase;

namespace {

/// The length of a turn, not counting its first message; also how long turns go on before the sockets are
/// polled again, which may bring a client that has had less time. About ten ordinary queries.
constexpr std::chrono::microseconds kTurn(50);

}  // namespace

void TcpShared::answer(wire::Bytes message, const TcpPeer& peer) {
  reader.online();
  batch.add(reader.serving(), message, {peer.address.data(), peer.ipv6}, counters.messages);
  reader.offline();
}

void TcpShared::schedule() {
  if (std::exchange(scheduled, true)) return;
  asio::post(io, [this] { serve(); });
}

void TcpShared::serve() {
  scheduled = false;
  const Clock::time_point began = Clock::now();
  Clock::time_point now = began;
  while (!turns.empty() && now - began < kTurn) {
    const std::shared_ptr<TcpSession> session = turns.take();
    turn_end = now + kTurn;
    const bool again = session->take_turn();
    const Clock::time_point after = Clock::now();
    session->charge(after - now);
    if (again) session->wait_for_turn();
    now = after;
  }
  if (!turns.empty()) schedule();
}

void TcpShared::sweep() {
  const auto now = std::chrono::steady_clock::now();
  const auto limit_of = [this](Phase which) {
    switch (which) {
      case Phase::idle:
        return limits.idle;
      case Phase::reading:
        return limits.query;
      default:
        return limits.reply;
    }
  };
  for (const Phase which : {Phase::idle, Phase::reading, Phase::writing, Phase::draining}) {
    while (TcpSession* late = phase(which).first_since(now - limit_of(which))) late->time_out();
  }
  while (TcpSession* old = ages.first_since(now - limits.lifetime)) old->finish(TcpEnd::lifetime);
  turns.sweep();
}

bool TcpShared::evict() {
  for (const Phase which : {Phase::draining, Phase::idle, Phase::reading, Phase::writing}) {
    if (TcpSession* first = phase(which).first()) {
      first->close(TcpEnd::evicted);
      return true;
    }
  }
  return false;
}

void TcpShared::close_all(TcpEnd reason) {
  for (auto& list : phases) {
    while (TcpSession* first = list.first()) first->close(reason);
  }
  // Sessions that wait for a turn are kept alive by that.
  while (!turns.empty()) turns.take()->charge({});
}

}  // namespace ptrd::service
