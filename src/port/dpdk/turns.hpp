// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace ptrd::port {

/// Lets threads that poll a port take turns with one that occasionally changes it. The latter closes the
/// port: each polling thread leaves it at its next poll, and comes back once it is open again. This costs a
/// polling thread two loads per poll, and no locked instruction.
class Turns {
 public:
  /// For `pollers` polling threads, none of which is at the port yet.
  explicit Turns(unsigned pollers) : pollers_(pollers), inside_(new Inside[pollers]) {}

  /// The side of one polling thread. Takes a null pointer for a port that is never changed.
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
    /// The result of the last `take`.
    [[nodiscard]] bool taken() const { return turns_ == nullptr || here_; }

   private:
    /// Leaves a port that has been closed, or enters one that is open.
    [[gnu::noinline, gnu::cold]] bool turn(bool closed);

    Turns* turns_ = nullptr;
    std::atomic<bool>* inside_ = nullptr;
    bool here_ = false;
  };

  /// From now on no thread may enter.
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

/// Holds back DPDK's interrupt thread while a port is polled, and lets it run between polls: when there is no
/// traffic, and once a second. For drivers whose interrupt handler unmaps memory that a running poll reads:
/// net_memif does so whenever a peer disconnects (memif_disconnect in DPDK 22.11 and up to 26.07).
class InterruptTurns {
 public:
  /// `port` is DPDK's number of a started port. One object per process.
  InterruptTurns(uint16_t port, unsigned pollers) : port_(port), turns_(pollers) { arm(); }
  InterruptTurns(const InterruptTurns&) = delete;
  InterruptTurns& operator=(const InterruptTurns&) = delete;
  /// No thread may poll the port any more.
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
  uint64_t received_ = 0;  // frames at the last check
};

}  // namespace ptrd::port
