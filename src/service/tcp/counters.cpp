// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/tcp/counters.hpp"

namespace ptrd::service {

namespace {

using datapath::Metric;
using datapath::NoteFamily;

constexpr const char* kSection = "tcp";
/// Exported to Prometheus as ptrd_received_total.
constexpr NoteFamily kMessages{kSection, "messages", {}};
constexpr NoteFamily kIncomplete{
    kSection,
    "incomplete",
    {"ptrd_tcp_incomplete_queries_total", "TCP connections that ended with part of a query unanswered."}};
constexpr NoteFamily kAccepted{
    kSection, "accepted", {"ptrd_tcp_connections_accepted_total", "TCP connections taken."}};
constexpr NoteFamily kOpen{
    kSection, "open", {"ptrd_tcp_connections_open", "TCP connections at this moment.", Metric::Type::gauge}};
constexpr NoteFamily kClosed{kSection,
                             "closed.",
                             {"ptrd_tcp_connections_closed_total", "TCP connections that ended, by why."},
                             "reason"};
constexpr NoteFamily kRefused{
    kSection,
    "refused_",
    {"ptrd_tcp_connections_refused_total", "TCP connections not taken because their network has its share."},
    "reason"};
constexpr NoteFamily kNoDescriptor{
    kSection,
    "no_descriptor",
    {"ptrd_tcp_accept_delays_total", "Times that there was no file descriptor for a TCP connection."}};
/// By TcpEnd.
constexpr std::array<const char*, kTcpEnds> kEnds = {
    "client",   "reset",         "idle",         "slow_query", "slow_reply",
    "lifetime", "message_limit", "memory_limit", "evicted",    "shutdown"};
static_assert(kEnds.back() != nullptr);

}  // namespace

uint64_t TcpCounters::open() const {
  uint64_t ended = 0;
  for (const datapath::Counter& counter : closed) ended += counter.get();
  const uint64_t began = accepted.get();
  // Another thread may read in the middle of an update.
  return began > ended ? began - ended : 0;
}

void TcpCounters::add_to(datapath::Totals& totals) const {
  totals.add(messages);
  totals.add_note(kMessages, messages.rx.get());
  totals.add_note(kIncomplete, incomplete.get());
  totals.add_note(kAccepted, accepted.get());
  totals.add_note(kOpen, open());
  for (size_t i = 0; i < kTcpEnds; ++i) totals.add_note(kClosed, kEnds[i], closed[i].get());
  totals.add_note(kRefused, "prefix", refused.get());
  totals.add_note(kNoDescriptor, no_descriptor.get());
}

}  // namespace ptrd::service
