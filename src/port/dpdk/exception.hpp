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

/// The path of everything that is not a plain DNS query (invariant 8): each worker passes frames through a
/// ring to a thread, which hands them to the kernel through a TAP interface; frames that the kernel sends
/// there go back to the card. The thread has no CPU of its own and sleeps when it has no work. Workers only
/// touch the rings.
class ExceptionPath {
 public:
  /// Frames queued for the kernel, per worker; the worker drops and counts what does not fit.
  static constexpr unsigned kRing = 512;
  /// Maximum number of buffers of the card's pool that the path holds, except for the workers' rings.
  static constexpr unsigned kBuffers = 2048;

  ExceptionPath(Tap tap, const CardEnd& card);
  ExceptionPath(const ExceptionPath&) = delete;
  ExceptionPath& operator=(const ExceptionPath&) = delete;
  ~ExceptionPath() { stop(); }

  [[nodiscard]] KernelEnd end(unsigned worker);
  void start();
  /// To be called when the workers have stopped; delivers everything that they punted to the kernel first.
  void stop();
  /// Adds the outcomes of the frames: to_kernel and to_kernel_failed add up to the punted frames.
  void add_to(datapath::Totals& totals) const;
  /// "the rest to the kernel by ptrd0, ...", for the log.
  [[nodiscard]] std::string describe() const;

 private:
  /// Frames moved in one direction before the other direction gets its turn.
  static constexpr size_t kBatch = 32;
  struct Counters {
    datapath::Counter to_kernel;
    datapath::Counter to_kernel_failed;  // rejected by the kernel: interface down, no memory
    datapath::Counter sent;              // from the kernel, by this thread
    datapath::Counter full;              // from the kernel, not accepted by the card
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
  std::deque<FrameRing> punted_;  // one per worker
  SentByWorker by_worker_;        // used if the card has no spare queue
  rte_mbuf* spare_ = nullptr;     // the buffer for the next frame from the kernel
  Backoff backoff_;
  Counters counters_;
  std::atomic<bool> stop_ = true;
  std::thread thread_;
};

}  // namespace ptrd::port
