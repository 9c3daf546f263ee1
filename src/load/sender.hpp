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

/// One thread of a load: sends its share at the rate, regardless of replies (open loop), and receives the
/// replies that arrive at its transport.
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
        end_(static_cast<int64_t>(load.plan.seconds * 1e9)),
        next_due_(schedule_.due(0)) {}

  /// Sends for the plan's duration, then waits for the replies.
  Tally run() {
    const uint64_t damaged_before = transport_.damaged(), overrun_before = transport_.overrun();
    wait_for_all();
    int64_t now = time();
    for (; now < end_ && load_.stop.load(std::memory_order_relaxed) == 0; now = time()) {
      const size_t sent = send_due(now);
      const size_t received = receive();
      settle(now, received > 0);
      if (sent == 0 && received == 0) rest(now, std::min(next_due_, end_));
    }
    const int64_t ended = std::min(now, end_);
    skip_to(ended);
    tally_.seconds = static_cast<double>(ended - put_off_) / 1e9;
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
  static constexpr int64_t kToWakeUp = 20'000;         // ns by which a sleep may overshoot
  static constexpr int64_t kLongestSleep = 1'000'000;  // ns

  static Schedule schedule_of(const Load& load, size_t number) {
    const auto senders = static_cast<double>(load.outstanding.size());
    const double rate = load.plan.rate / senders;
    const Schedule together(rate, load.plan.burst, 0);
    return {rate, load.plan.burst, together.step() * static_cast<double>(number) / senders};
  }

  [[nodiscard]] int64_t time() const { return clock_now() - start_; }

  /// The load starts when all its threads run, so that none is late before its first query.
  void wait_for_all() {
    if (load_.absent.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      load_.start.store(clock_now(), std::memory_order_release);
      load_.start.notify_all();
    } else {
      load_.start.wait(0, std::memory_order_acquire);
    }
    start_ = load_.start.load(std::memory_order_acquire);
  }

  size_t send_due(int64_t now) {
    if (now < next_due_) return 0;
    if (next_due_ < now - kMaxBehind) {
      if (tally_.sent == 0 && now < kLatestStart) {
        put_off(now - next_due_);
      } else {
        skip_to(now);
      }
    }
    Laps laps;
    const uint64_t due = schedule_.due_by(std::min(now, end_ - 1));
    if (due <= due_) return 0;
    const auto count = static_cast<size_t>(std::min({due - due_, uint64_t{kSendBatch}, outstanding_.room()}));
    std::array<Outgoing, kSendBatch> batch;
    const uint64_t first = outstanding_.next();
    size_t query = outstanding_.next_query();
    for (size_t i = 0; i < count; ++i) {
      batch[i] = {outstanding_.numbering().mark(first + i), load_.queries[query], load_.queries.sum(query)};
      query = outstanding_.query_after(query);
    }
    for_bursts(due_, due_ + count, [this](int64_t due_at, uint64_t n) { outstanding_.announce(due_at, n); });
    const size_t sent = transport_.send(std::span(batch).first(count));
    outstanding_.sent(sent);
    if (sent == 0) return 0;
    if (load_.plan.bin > 0)
      for_bursts(due_, due_ + sent,
                 [this](int64_t due_at, uint64_t n) { receiver_.bin_of(due_at)->sent += n; });
    due_ += sent;
    next_due_ = schedule_.due(due_);
    tally_.due += sent;
    tally_.sent += sent;
    load_.progress[number_].sent.add(sent);
    tally_.costs.send += laps.lap();
    tally_.costs.queries += sent;
    return sent;
  }

  /// Calls `body(due, count)` for the queries from `from` up to `end`, grouped by the time at which they are
  /// due.
  template <typename Body>
  void for_bursts(uint64_t from, uint64_t end, Body body) const {
    while (from < end) {
      const uint64_t next = std::min(end, schedule_.burst_end(from));
      body(schedule_.due(from), next - from);
      from = next;
    }
  }

  /// Nothing has been sent yet: delays the whole load by that much.
  void put_off(int64_t time) {
    schedule_.put_off(time);
    put_off_ += time;
    end_ += time;
    next_due_ = schedule_.due(due_);
  }

  void skip_to(int64_t now) {
    const uint64_t due = std::max(schedule_.due_by(std::min(now, end_ - 1)), due_);
    tally_.due += due - due_;
    due_ = due;
    next_due_ = schedule_.due(due_);
  }

  size_t receive() {
    Laps laps;
    const uint64_t later_before = tally_.costs.match + tally_.costs.check;
    const size_t received =
        transport_.receive([this](std::span<const Incoming> replies) { receiver_.take(replies, time()); });
    if (received > 0)
      tally_.costs.receive += laps.lap() - (tally_.costs.match + tally_.costs.check - later_before);
    return received;
  }

  /// From time to time, queries are settled by timeout alone.
  void settle(int64_t now, bool received) {
    if (!received && now < next_settle_) return;
    next_settle_ = now + kLongestSleep;
    Laps laps;
    (void)outstanding_.settle(now);
    if (received) tally_.costs.match += laps.lap();
  }

  void rest(int64_t now, int64_t until) {
    const int64_t left = until - now;
    if (left > kWorthSleep)
      transport_.wait(std::chrono::nanoseconds(std::min(left - kToWakeUp, kLongestSleep)));
  }

  /// Receives replies until no sender waits for one, or until the timeout.
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
  int64_t start_ = 0;     // the load's
  uint64_t due_ = 0;      // queries of the schedule that have been sent or skipped
  int64_t next_due_ = 0;  // when the next one is
  int64_t put_off_ = 0;   // ns from the load's start to this sender's
  int64_t next_settle_ = 0;
};

}  // namespace ptrd::load
