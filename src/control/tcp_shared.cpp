// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "control/tcp_session.hpp"

namespace ptrd::control {

using Phase = TcpSession::Phase;

void TcpShared::answer(wire::Bytes message) {
  reader.online();
  batch.add(reader.engine(), message, counters.messages);
  reader.offline();
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
}

}  // namespace ptrd::control
