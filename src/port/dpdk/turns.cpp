// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "port/dpdk/turns.hpp"

#include <rte_alarm.h>
#include <rte_ethdev.h>

#include <chrono>
#include <thread>
#include <utility>

namespace ptrd::port {

namespace {

using namespace std::chrono_literals;

/// How long the interrupt thread is held back between checks for traffic: with a peer, and while a peer
/// connects, which takes about ten messages.
constexpr auto kLook = 10ms;
constexpr auto kLookForPeer = 1ms;
/// Number of checks after which it may run even though frames keep arriving.
constexpr unsigned kMaxLooks = 100;
constexpr auto kUntilEmpty = 20us;
/// Microseconds from the end of one hold to the next. DPDK runs all alarms that are due when an alarm's
/// function returns before anything else, so this must be longer than the return takes.
constexpr uint64_t kTurn = 30;

}  // namespace

bool Turns::Poller::turn(bool closed) {
  if (closed) {
    here_ = false;
    inside_->store(false, std::memory_order_release);
    return false;
  }
  // Either this thread sees that the port was closed meanwhile, or the closing thread sees this one inside.
  inside_->store(true, std::memory_order_seq_cst);
  here_ = !turns_->closed_.load(std::memory_order_seq_cst);
  if (!here_) inside_->store(false, std::memory_order_release);
  return here_;
}

bool Turns::empty() const {
  for (unsigned i = 0; i < pollers_; ++i) {
    if (inside_[i].value.load(std::memory_order_seq_cst)) return false;
  }
  return true;
}

void InterruptTurns::arm() {
  // An alarm's function runs in the interrupt thread, which handles one thing after another.
  (void)rte_eal_alarm_set(kTurn, on_alarm, this);
}

void InterruptTurns::on_alarm(void* self) {
  auto* turns = static_cast<InterruptTurns*>(self);
  turns->holds_ = true;
  turns->hold();
  turns->holds_ = false;
}

/// Between two calls the interrupt thread does its other work, and no thread polls.
void InterruptTurns::hold() {
  turns_.open();
  if (!wait_for_silence()) return;
  turns_.close();
  while (!turns_.empty()) {
    if (over_.load(std::memory_order_relaxed)) return;
    std::this_thread::sleep_for(kUntilEmpty);
  }
  arm();
}

/// Returns false when the object is being destroyed.
bool InterruptTurns::wait_for_silence() {
  for (unsigned looks = 0; looks < kMaxLooks; ++looks) {
    rte_eth_link link{};
    const bool peer = rte_eth_link_get_nowait(port_, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
    std::this_thread::sleep_for(peer ? kLook : kLookForPeer);
    if (over_.load(std::memory_order_relaxed)) return false;
    if (silent() || !peer) return true;
  }
  return true;
}

bool InterruptTurns::silent() {
  rte_eth_stats stats{};
  if (rte_eth_stats_get(port_, &stats) != 0) return true;
  return std::exchange(received_, stats.ipackets) == stats.ipackets;
}

InterruptTurns::~InterruptTurns() {
  over_ = true;
  // DPDK would also wait for a running alarm, but in a busy loop and holding the lock that the alarm needs.
  while (holds_.load()) std::this_thread::sleep_for(kUntilEmpty);
  (void)rte_eal_alarm_cancel(on_alarm, this);
}

}  // namespace ptrd::port
