// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "ptrd/answer/engine.hpp"

struct rte_rcu_qsbr;

namespace ptrd::datapath {

/// The engine in service, and the threads that read it: a swap is one pointer, and the old engine is free
/// once every reader has passed a moment at which it held none (invariant 6; DPDK's QSBR, which needs no
/// EAL).
class EngineSlot {
 public:
  /// Reader threads at most.
  static constexpr unsigned kMostReaders = 1024;

  explicit EngineSlot(const answer::Engine* engine);
  EngineSlot(const EngineSlot&) = delete;
  EngineSlot& operator=(const EngineSlot&) = delete;
  ~EngineSlot();

  [[nodiscard]] const answer::Engine* load() const { return engine_.load(std::memory_order_acquire); }

  /// Puts another engine into service. Returns a token for `passed`. One thread at a time.
  [[nodiscard]] uint64_t publish(const answer::Engine* engine);
  /// Whether no reader can hold an engine from before that `publish` any more. Does not wait.
  [[nodiscard]] bool passed(uint64_t token) const;
  /// A token for `passed` without a swap: whether every reader that is at work comes round. Any thread.
  [[nodiscard]] uint64_t ask() const;
  /// Threads that read it now. Any thread.
  [[nodiscard]] size_t readers() const;

 private:
  friend class EngineReader;
  struct Free {
    void operator()(rte_rcu_qsbr* readers) const;
  };

  std::atomic<const answer::Engine*> engine_;
  std::unique_ptr<rte_rcu_qsbr, Free> readers_;
  mutable std::mutex mutex_;  // of `used_`: taken when a reader comes or goes
  std::vector<bool> used_;
};

/// A thread that reads the slot. While it is online it may hold an engine, and must say `quiescent` now and
/// then, when it holds none; before it blocks it goes offline, or a swap would wait for it. Used by one
/// thread at a time.
class EngineReader {
 public:
  /// Offline at first. Throws std::length_error when there are kMostReaders already.
  explicit EngineReader(EngineSlot& slot);
  EngineReader(const EngineReader&) = delete;
  EngineReader& operator=(const EngineReader&) = delete;
  ~EngineReader();

  void online();
  void offline();
  /// Holds no engine at this moment. Only while online.
  void quiescent();
  /// The engine in service; while online, valid until the next `quiescent` or `offline`.
  [[nodiscard]] const answer::Engine& engine() const { return *slot_.load(); }

 private:
  EngineSlot& slot_;
  unsigned id_;
};

}  // namespace ptrd::datapath
