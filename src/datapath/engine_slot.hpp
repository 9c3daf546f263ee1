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
#include "datapath/serving.hpp"

struct rte_rcu_qsbr;

namespace ptrd::datapath {

/// The engine in service for the readers of one memory node. Alone in its cache line, which is written once
/// per swap.
class alignas(64) EngineSource {
 public:
  [[nodiscard]] const Serving* load() const { return engine_.load(std::memory_order_acquire); }

 private:
  friend class EngineSlot;
  std::atomic<const Serving*> engine_ = nullptr;
};

/// The engine in service, and the threads that read it. A swap writes one pointer for each memory node, and
/// the old engine may be freed once every reader has passed a quiescent state, in which it holds none
/// (invariant 6; DPDK's QSBR, which needs no EAL).
class EngineSlot {
 public:
  /// Maximum number of reader threads.
  static constexpr unsigned kMaxReaders = 1024;

  /// The same engine for all readers.
  explicit EngineSlot(const Serving* engine);
  /// The n-th engine for readers on the n-th node; `nodes` must outlive the slot.
  EngineSlot(std::span<const Serving* const> engines, const MemoryNodes& nodes);
  EngineSlot(const EngineSlot&) = delete;
  EngineSlot& operator=(const EngineSlot&) = delete;
  ~EngineSlot();

  /// The engine of the first node.
  [[nodiscard]] const Serving* load() const { return sources_.front().load(); }
  /// The source for the calling thread: that of its node. Valid as long as the slot.
  [[nodiscard]] const EngineSource& here() const;

  /// Puts other engines into service, as many as at construction. Returns a token for `passed`. One thread at
  /// a time.
  [[nodiscard]] uint64_t publish(std::span<const Serving* const> engines);
  /// The same engine for all readers.
  [[nodiscard]] uint64_t publish(const Serving* engine);
  /// Whether all readers have released the engines from before that `publish`. Does not wait.
  [[nodiscard]] bool passed(uint64_t token) const;
  /// A token for `passed` without a swap: shows whether every online reader still makes progress. Any thread.
  [[nodiscard]] uint64_t ask() const;
  /// Number of reader threads. Any thread.
  [[nodiscard]] size_t readers() const;

 private:
  friend class EngineReader;
  struct Free {
    void operator()(rte_rcu_qsbr* readers) const;
  };
  void put(std::span<const Serving* const> engines);

  const MemoryNodes* nodes_ = nullptr;  // none: one source
  std::vector<EngineSource> sources_;
  std::unique_ptr<rte_rcu_qsbr, Free> readers_;
  mutable std::mutex mutex_;  // of `used_`: locked when a reader comes or goes
  std::vector<bool> used_;
};

/// A thread that reads the slot. While it is online it may hold an engine, and must call `quiescent`
/// regularly, when it holds none; before it blocks it must go offline, or a swap would wait for it. Used by
/// one thread at a time.
class EngineReader {
 public:
  /// Offline at first. Always reads the engine of the node that the calling thread is on now, so it must be
  /// created in the reading thread, after that is pinned to its CPU. Throws std::length_error if there are
  /// already kMaxReaders.
  explicit EngineReader(EngineSlot& slot);
  EngineReader(const EngineReader&) = delete;
  EngineReader& operator=(const EngineReader&) = delete;
  ~EngineReader();

  void online();
  void offline();
  /// Reports that no engine is held now. Only while online.
  void quiescent();
  /// The engine in service; while online, valid until the next `quiescent` or `offline`.
  [[nodiscard]] const Serving& serving() const { return *source_.load(); }
  [[nodiscard]] const EngineSource& source() const { return source_; }

 private:
  EngineSlot& slot_;
  const EngineSource& source_;
  unsigned id_;
};

}  // namespace ptrd::datapath
