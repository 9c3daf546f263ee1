// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "datapath/memory_nodes.hpp"
#include "ptrd/answer/engine.hpp"

struct rte_rcu_qsbr;

namespace ptrd::datapath {

/// Where one memory node's readers find the engine in service. Alone in its cache line, which is written once
/// a swap.
class alignas(64) EngineSource {
 public:
  [[nodiscard]] const answer::Engine* load() const { return engine_.load(std::memory_order_acquire); }

 private:
  friend class EngineSlot;
  std::atomic<const answer::Engine*> engine_ = nullptr;
};

/// The engine in service, and the threads that read it: a swap is one pointer for each memory node, and the
/// old engine is free once every reader has passed a moment at which it held none (invariant 6; DPDK's QSBR,
/// which needs no EAL).
class EngineSlot {
 public:
  /// Reader threads at most.
  static constexpr unsigned kMaxReaders = 1024;

  /// The same engine for all readers.
  explicit EngineSlot(const answer::Engine* engine);
  /// The n-th engine for readers on the n-th node; `nodes` must outlive the slot.
  EngineSlot(std::span<const answer::Engine* const> engines, const MemoryNodes& nodes);
  EngineSlot(const EngineSlot&) = delete;
  EngineSlot& operator=(const EngineSlot&) = delete;
  ~EngineSlot();

  /// The engine of the first node.
  [[nodiscard]] const answer::Engine* load() const { return sources_.front().load(); }
  /// Where the calling thread is to read: its node's. Valid as long as the slot.
  [[nodiscard]] const EngineSource& here() const;

  /// Puts other engines into service, as many as there were at the start. Returns a token for `passed`. One
  /// thread at a time.
  [[nodiscard]] uint64_t publish(std::span<const answer::Engine* const> engines);
  /// The same engine for all readers.
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
  void put(std::span<const answer::Engine* const> engines);

  const MemoryNodes* nodes_ = nullptr;  // none: one source
  std::vector<EngineSource> sources_;
  std::unique_ptr<rte_rcu_qsbr, Free> readers_;
  mutable std::mutex mutex_;  // of `used_`: taken when a reader comes or goes
  std::vector<bool> used_;
};

/// A thread that reads the slot. While it is online it may hold an engine, and must say `quiescent` now and
/// then, when it holds none; before it blocks it goes offline, or a swap would wait for it. Used by one
/// thread at a time.
class EngineReader {
 public:
  /// Offline at first. Reads what is for the node that the calling thread is on, and goes on with that: to be
  /// made in the thread that reads, once that has its CPU. Throws std::length_error when there are
  /// kMaxReaders already.
  explicit EngineReader(EngineSlot& slot);
  EngineReader(const EngineReader&) = delete;
  EngineReader& operator=(const EngineReader&) = delete;
  ~EngineReader();

  void online();
  void offline();
  /// Holds no engine at this moment. Only while online.
  void quiescent();
  /// The engine in service; while online, valid until the next `quiescent` or `offline`.
  [[nodiscard]] const answer::Engine& engine() const { return *source_.load(); }
  [[nodiscard]] const EngineSource& source() const { return source_; }

 private:
  EngineSlot& slot_;
  const EngineSource& source_;
  unsigned id_;
};

}  // namespace ptrd::datapath
