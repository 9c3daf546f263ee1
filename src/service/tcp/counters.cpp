// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/tcp/counters.hpp"

#include <string>

namespace ptrd::service {

uint64_t TcpCounters::open() const {
  uint64_t ended = 0;
  for (const datapath::Counter& counter : closed) ended += counter.get();
  const uint64_t began = accepted.get();
  // Another thread may read in the middle of a change.
  return began > ended ? began - ended : 0;
}

void TcpCounters::add_to(datapath::Totals& totals) const {
  static constexpr std::array<const char*, kTcpEnds> kNames = {
      "client",   "reset",         "idle",         "slow_query", "slow_reply",
      "lifetime", "message_limit", "memory_limit", "evicted",    "shutdown"};
  constexpr const char* kSection = "tcp";
  totals.add(messages);
  totals.add_note(kSection, "messages", messages.rx.get());
  totals.add_note(kSection, "incomplete", incomplete.get());
  totals.add_note(kSection, "accepted", accepted.get());
  totals.add_note(kSection, "open", open());
  for (size_t i = 0; i < kTcpEnds; ++i)
    totals.add_note(kSection, std::string("closed.") + kNames[i], closed[i].get());
  totals.add_note(kSection, "refused_prefix", refused.get());
  totals.add_note(kSection, "no_descriptor", no_descriptor.get());
}

}  // namespace ptrd::service
