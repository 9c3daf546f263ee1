// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <thread>

#include "datapath/counters.hpp"
#include "port/backoff.hpp"
#include "port/dpdk/kernel_end.hpp"
#include "port/tap.hpp"

namespace ptrd::port {

/// The way of everything that is no plain DNS query (invariant 8): from the workers through a ring each to a
/// thread, which gives it to the kernel by a TAP interface; and what the kernel sends there back to the card.
/// The thread has no CPU of its own and sleeps when there is nothing to do. A worker only ever touches rings.
class ExceptionPath {
 public:
  /// Frames on their way to the kernel, per worker: what does not fit is dropped by the worker, and counted.
  static constexpr unsigned kRing = 512;
  /// Buffers of the card's pool that the path holds at most, but for the workers' rings.
  static constexpr unsigned kBuffers = 2048;

  ExceptionPath(Tap tap, const CardEnd& card);
  ExceptionPath(const ExceptionPath&) = delete;
  ExceptionPath& operator=(const ExceptionPath&) = delete;
  ~ExceptionPath() { stop(); }

  [[nodiscard]] KernelEnd end(unsigned worker);
  void start();
  /// Only when the workers have stopped: all that they punted reaches the kernel first.
  void stop();
  /// Adds what became of the frames: to_kernel and to_kernel_failed sum up to what was punted.
  void add_to(datapath::Totals& totals) const;
  /// "the rest to the kernel by ptrd0, ...", for the log.
  [[nodiscard]] std::string describe() const;

 private:
  /// Frames that move in one direction before it is the other one's turn.
  static constexpr size_t kBatch = 32;
  struct Counters {
    datapath::Counter to_kernel;
    datapath::Counter to_kernel_failed;  // not taken by the kernel: the interface is down, no memory
    datapath::Counter sent;              // from the kernel, by this thread
    datapath::Counter full;              // from the kernel, not taken by the card
  };

  void run();
  size_t to_kernel(FrameRing& ring);
  bool give(const rte_mbuf& frame);
  size_t from_kernel();
  rte_mbuf* read();
  size_t send(std::span<rte_mbuf*> frames);
  void sleep();

  Tap tap_;
  CardEnd card_;
  std::deque<FrameRing> punted_;  // one a worker
  SentByWorker by_worker_;        // used where the card has no queue to spare
  rte_mbuf* spare_ = nullptr;     // the buffer for the next frame of the kernel's
  Backoff backoff_;
  Counters counters_;
  std::atomic<bool> stop_ = true;
  std::thread thread_;
};

}  // namespace ptrd::port
