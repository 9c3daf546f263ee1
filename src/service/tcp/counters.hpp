// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>

#include "datapath/counters.hpp"

namespace ptrd::service {

/// Why a connection ended.
enum class TcpEnd : uint8_t {
  client,      // the client closed it
  reset,       // by the client or the network
  idle,        // TcpLimits::idle
  slow_query,  // TcpLimits::query
  slow_reply,  // TcpLimits::reply
  lifetime,    // TcpLimits::lifetime
  messages,    // TcpLimits::messages
  memory,      // TcpLimits::memory
  evicted,     // its slot, or its file descriptor, was needed for another
  shutdown,    // ptrd is stopping
};
inline constexpr size_t kTcpEnds = 10;

/// Counts of connections; written by one thread. accepted = closed + open.
struct TcpCounters {
  /// Counts of messages. Replies that the client did not accept before the connection ended are `tx_full`.
  datapath::Counters messages;
  datapath::Counter accepted;
  datapath::Counter refused;        // because of TcpLimits::per_prefix; not in accepted
  datapath::Counter no_descriptor;  // times that a connection had to wait for a descriptor
  datapath::Counter incomplete;     // connections that ended with unanswered input
  std::array<datapath::Counter, kTcpEnds> closed;

  [[nodiscard]] uint64_t open() const;
  void add_to(datapath::Totals& totals) const;
};

}  // namespace ptrd::service
