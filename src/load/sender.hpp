// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <array>
#include <chrono>

#include "load/plan.hpp"
#include "load/receiver.hpp"
#include "load/schedule.hpp"
#include "load/tally.hpp"
#include "load/transport.hpp"

namespace ptrd::load {

/// ns of CLOCK_MONOTONIC, which is the same for all processes.
[[nodiscard]] inline int64_t clock_now() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

/// One thread of a load: sends its share at the rate, whatever comes back (open loop), and takes the replies
/// that come to its transport.
template <Transport T>
class Sender {
 public:
  Sender(T& transport, Load& load, size_t number)
      : transport_(transport),
        load_(load),
        number_(static_cast<uint32_t>(number)),
        outstanding_(load.outstanding[number]),
        receiver_(load, load.progress[number], tally_),
        schedule_(schedule_of(load, number)),
        end_(static_cast<int64_t>(load.plan.seconds * 1e9)) {}

  /// Sends for the plan's time, then waits for the replies.
  Tally run() {
    const uint64_t damaged_before = transport_.damaged(), overrun_before = transport_.overrun();
    int64_t now = time();
    for (; now < end_ && load_.stop.load(std::memory_order_relaxed) == 0; now = time()) {
      const size_t sent = send_due(now);
      const size_t received = receive();
      outstanding_.settle(now);
      if (sent == 0 && received == 0) rest(now, std::min(schedule_.due(due_), end_));
    }
    const int64_t ended = std::min(now, end_);
    skip_to(ended);
    tally_.seconds = static_cast<double>(ended) / 1e9;
    collect();
    const Outstanding::Settled settled = outstanding_.settled();
    tally_.lost = settled.lost;
    tally_.silence = settled.longest_silence;
    tally_.damaged = transport_.damaged() - damaged_before;
    tally_.overrun = transport_.overrun() - overrun_before;
    return std::move(tally_);
  }

 private:
  static constexpr int64_t kWorthSleep = 50'000;       // ns until the next query; below that the thread polls
  static constexpr int64_t kToWakeUp = 20'000;         // ns that a sleep may be too long
  static constexpr int64_t kLongestSleep = 1'000'000;  // ns

  static Schedule schedule_of(const Load& load, size_t number) {
    const auto senders = static_cast<double>(load.outstanding.size());
    const double rate = load.plan.rate / senders;
    const Schedule together(rate, load.plan.burst, 0);
    return {rate, load.plan.burst, together.step() * static_cast<double>(number) / senders};
  }

  [[nodiscard]] int64_t time() const { return clock_now() - load_.start; }

  size_t send_due(int64_t now) {
    if (schedule_.due(due_) < now - kMostBehind) skip_to(now);
    const uint64_t due = schedule_.due_by(std::min(now, end_ - 1));
    if (due <= due_) return 0;
    const auto count = static_cast<size_t>(std::min({due - due_, uint64_t{kSendBatch}, outstanding_.room()}));
    std::array<Outgoing, kSendBatch> batch;
    const uint64_t first = outstanding_.next();
    for (size_t i = 0; i < count; ++i) {
      batch[i] = {outstanding_.numbering().mark(first + i), load_.queries[outstanding_.query_of(first + i)]};
    }
    const size_t sent = transport_.send(std::span(batch).first(count));
    for (size_t i = 0; i < sent; ++i) add(schedule_.due(due_ + i));
    due_ += sent;
    tally_.due += sent;
    tally_.sent += sent;
    load_.progress[number_].sent.add(sent);
    return sent;
  }

  void skip_to(int64_t now) {
    const uint64_t due = std::max(schedule_.due_by(std::min(now, end_ - 1)), due_);
    tally_.due += due - due_;
    due_ = due;
  }

  void add(int64_t due) {
    outstanding_.add(due);
    if (Bin* bin = receiver_.bin_of(due)) ++bin->sent;
  }

  size_t receive() {
    return transport_.receive([this](const Incoming& incoming) { receiver_.take(incoming, time()); });
  }

  void rest(int64_t now, int64_t until) {
    const int64_t left = until - now;
    if (left > kWorthSleep)
      transport_.wait(std::chrono::nanoseconds(std::min(left - kToWakeUp, kLongestSleep)));
  }

  /// Takes replies until none is owed to any sender. The timeout ends it.
  void collect() {
    for (bool settled = false; load_.stop.load(std::memory_order_relaxed) < 2;) {
      if (!settled && outstanding_.settle(time())) {
        settled = true;
        load_.unsettled.fetch_sub(1, std::memory_order_relaxed);
      }
      if (load_.unsettled.load(std::memory_order_relaxed) == 0) return;
      if (receive() == 0) transport_.wait(std::chrono::nanoseconds(kLongestSleep));
    }
    (void)outstanding_.settle(INT64_MAX);
  }

  T& transport_;
  Load& load_;
  uint32_t number_;
  Outstanding& outstanding_;
  Tally tally_;
  Receiver receiver_;
  Schedule schedule_;
  int64_t end_;
  uint64_t due_ = 0;  // queries of the schedule that have been sent, or skipped
};

}  // namespace ptrd::load
