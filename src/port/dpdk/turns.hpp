// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace ptrd::port {

/// Threads that poll a port, and one that now and then changes it under them, take turns. The latter closes
/// the port: then each polling thread leaves it at its next poll, and comes back once it is open again. This
/// costs a polling thread two loads a poll, and no locked instruction.
class Turns {
 public:
  /// For so many polling threads, none of which is at the port yet.
  explicit Turns(unsigned pollers) : pollers_(pollers), inside_(new Inside[pollers]) {}

  /// One polling thread's side. It needs no object where a port is never changed: a null pointer says so.
  class Poller {
   public:
    Poller() = default;
    Poller(Turns& turns, unsigned number) : turns_(&turns), inside_(&turns.inside_[number].value) {}

    /// At the start of each poll: whether the thread may use the port until the next one.
    [[nodiscard]] bool take() {
      if (turns_ == nullptr) return true;
      const bool closed = turns_->closed_.load(std::memory_order_acquire);
      return closed == here_ ? turn(closed) : here_;
    }
    /// Whether it may, since the last poll.
    [[nodiscard]] bool taken() const { return turns_ == nullptr || here_; }

   private:
    /// Out of a port that has been closed, or into one that is open.
    [[gnu::noinline, gnu::cold]] bool turn(bool closed);

    Turns* turns_ = nullptr;
    std::atomic<bool>* inside_ = nullptr;
    bool here_ = false;
  };

  /// From now on no thread may come in.
  void close() { closed_.store(true, std::memory_order_seq_cst); }
  /// After `close`: whether all threads have left.
  [[nodiscard]] bool empty() const;
  void open() { closed_.store(false, std::memory_order_release); }

 private:
  struct alignas(64) Inside {
    std::atomic<bool> value{false};
  };

  unsigned pollers_;
  std::unique_ptr<Inside[]> inside_;
  alignas(64) std::atomic<bool> closed_{false};
};

/// Holds DPDK's interrupt thread back while a port is polled, and lets it work between polls: when nothing
/// comes, and once a second. For drivers that unmap memory in that thread which a poll under way reads: with
/// net_memif, whenever a peer goes (memif_disconnect in DPDK 22.11 and up to 26.07).
class InterruptTurns {
 public:
  /// `port` is DPDK's number, and started. One for each process.
  InterruptTurns(uint16_t port, unsigned pollers) : port_(port), turns_(pollers) { arm(); }
  InterruptTurns(const InterruptTurns&) = delete;
  InterruptTurns& operator=(const InterruptTurns&) = delete;
  /// No thread polls the port any more.
  ~InterruptTurns();

  [[nodiscard]] Turns& turns() { return turns_; }

 private:
  static void on_alarm(void* self);
  void arm();
  void hold();
  [[nodiscard]] bool wait_for_silence();
  [[nodiscard]] bool silent();

  uint16_t port_;
  Turns turns_;
  std::atomic<bool> over_{false};
  std::atomic<bool> holds_{false};
  uint64_t received_ = 0;  // frames, when it last looked
};

}  // namespace ptrd::port
