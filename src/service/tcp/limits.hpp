// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <unordered_map>

namespace ptrd::service {

inline constexpr unsigned kMaxTcpThreads = 64;

/// Limits for TCP clients, in total and for each. Timeouts are accurate to 0.1 s.
struct TcpLimits {
  /// Threads that serve them; 0: default_tcp_threads().
  unsigned threads = 0;
  /// Connections at once. When the table is full, a new client takes the place of the one that has been idle
  /// longest (RFC 7766 6.2.3 allows this): otherwise a few clients that only hold connections would keep out
  /// all others.
  size_t connections = 16000;
  /// Connections from one IPv4 /24 or IPv6 /56; more are refused, so that no single network fills the table.
  size_t per_prefix = 1000;
  /// Messages on one connection; 0: any number. A limit is not needed for fairness, as each connection gets
  /// only its share of the time: one with very many queries does not delay the others.
  uint64_t messages = 0;
  /// A connection ends at this age, even if it is active.
  std::chrono::milliseconds lifetime = std::chrono::hours(1);
  /// Timeout without a message.
  std::chrono::milliseconds idle = std::chrono::seconds(10);
  /// From the first byte of a message to its last.
  std::chrono::milliseconds query = std::chrono::seconds(5);
  /// Time for the client to accept replies, once its kernel accepts no more.
  std::chrono::milliseconds reply = std::chrono::seconds(5);
  /// Bytes for incomplete queries and unsent replies of all connections, except buffers up to
  /// MemoryCharge::kFree.
  size_t memory = 32 << 20;
};

/// A budget of bytes that all connections share, on all threads.
class MemoryBudget {
 public:
  explicit MemoryBudget(size_t limit) : left_(limit) {}
  [[nodiscard]] size_t left() const { return left_.load(std::memory_order_relaxed); }

 private:
  friend class MemoryCharge;
  [[nodiscard]] bool take(size_t bytes) {
    size_t left = left_.load(std::memory_order_relaxed);
    while (left >= bytes) {
      if (left_.compare_exchange_weak(left, left - bytes, std::memory_order_relaxed)) return true;
    }
    return false;
  }
  void give_back(size_t bytes) { left_.fetch_add(bytes, std::memory_order_relaxed); }

  std::atomic<size_t> left_;
};

/// The share of the budget that one buffer holds; returned by the destructor.
class MemoryCharge {
 public:
  /// Buffers up to this many bytes cost nothing: enough for an ordinary query or reply, so that clients that
  /// use up the budget do not block the others.
  static constexpr size_t kFree = 1024;

  explicit MemoryCharge(MemoryBudget& budget) : budget_(budget) {}
  MemoryCharge(const MemoryCharge&) = delete;
  MemoryCharge& operator=(const MemoryCharge&) = delete;
  ~MemoryCharge() { budget_.give_back(held_); }

  /// Changes the charge to that of a buffer of `bytes`. Returns false, and changes nothing, if the budget has
  /// too little left.
  [[nodiscard]] bool set(size_t bytes) {
    const size_t cost = bytes <= kFree ? 0 : bytes;
    if (cost > held_) {
      if (!budget_.take(cost - held_)) return false;
    } else if (cost < held_) {
      budget_.give_back(held_ - cost);
    }
    held_ = cost;
    return true;
  }

 private:
  MemoryBudget& budget_;
  size_t held_ = 0;
};

/// A network whose clients are counted together.
using ClientPrefix = uint64_t;
/// The /24 of an IPv4 address (4 octets), the /56 of an IPv6 address (16 octets).
[[nodiscard]] ClientPrefix prefix_of(std::span<const uint8_t> address);
[[nodiscard]] bool is_ipv6(ClientPrefix prefix);

/// Seeded, so that an attacker cannot choose prefixes that share a bucket.
struct PrefixHash {
  PrefixHash();
  size_t operator()(ClientPrefix prefix) const;

 private:
  uint64_t seed_;
};

/// Connections of each prefix that has any, on all threads; any thread may call it.
class PrefixCounts {
 public:
  explicit PrefixCounts(size_t limit) : limit_(limit) {}
  /// Adds one; returns false if the prefix is at its limit.
  [[nodiscard]] bool add(ClientPrefix prefix);
  void remove(ClientPrefix prefix);
  [[nodiscard]] size_t prefixes() const;

 private:
  size_t limit_;
  mutable std::mutex mutex_;  // locked when a connection begins or ends
  std::unordered_map<ClientPrefix, size_t, PrefixHash> counts_;
};

/// State shared by the connections of all threads.
struct TcpCommon {
  explicit TcpCommon(const TcpLimits& limits) : memory(limits.memory), prefixes(limits.per_prefix) {}
  MemoryBudget memory;
  PrefixCounts prefixes;
  std::atomic<size_t> open = 0;  // connections
};

}  // namespace ptrd::service
