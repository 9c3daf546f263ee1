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

/// How much TCP clients may take, all together and each. Times are kept to within 0.1 s.
struct TcpLimits {
  /// Threads that serve them; 0: default_tcp_threads().
  unsigned threads = 0;
  /// Connections at once. When the table is full, a new client takes the place of the one that has been idle
  /// longest (RFC 7766 6.2.3 lets a server do so): else a few who only hold connections would keep all
  /// others out.
  size_t connections = 16000;
  /// Of these from one IPv4 /24 or IPv6 /56; more are refused, so that no single network fills the table.
  size_t per_prefix = 1000;
  /// Messages on one connection; 0: any number. Nothing is gained by a limit, as each connection gets its
  /// share of the time: one with a great many to ask does not hold up the others.
  uint64_t messages = 0;
  /// A connection ends at this age, whatever it does.
  std::chrono::milliseconds lifetime = std::chrono::hours(1);
  /// Without a message.
  std::chrono::milliseconds idle = std::chrono::seconds(10);
  /// From the first byte of a message to its last.
  std::chrono::milliseconds query = std::chrono::seconds(5);
  /// For replies to be taken by the client, once its kernel takes no more.
  std::chrono::milliseconds reply = std::chrono::seconds(5);
  /// Bytes for unfinished queries and untaken replies of all connections, those below MemoryCharge::kFree
  /// apart.
  size_t memory = 32 << 20;
};

/// Bytes that all connections share, whatever thread they are on.
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

/// What one buffer has of the budget; given back at its end.
class MemoryCharge {
 public:
  /// Buffers up to this many bytes cost nothing: enough for an ordinary query or reply, so that those who use
  /// up the budget do not keep others from asking.
  static constexpr size_t kFree = 1024;

  explicit MemoryCharge(MemoryBudget& budget) : budget_(budget) {}
  MemoryCharge(const MemoryCharge&) = delete;
  MemoryCharge& operator=(const MemoryCharge&) = delete;
  ~MemoryCharge() { budget_.give_back(held_); }

  /// Holds what a buffer of `bytes` costs instead of what it held. False, and nothing changed, when there is
  /// not so much left.
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

/// Seeded, so that nobody can choose prefixes that share a bucket.
struct PrefixHash {
  PrefixHash();
  size_t operator()(ClientPrefix prefix) const;

 private:
  uint64_t seed_;
};

/// Connections of each prefix that has any, on all threads; any thread may ask.
class PrefixCounts {
 public:
  explicit PrefixCounts(size_t limit) : limit_(limit) {}
  /// One more; false when the prefix has its share already.
  [[nodiscard]] bool add(ClientPrefix prefix);
  void remove(ClientPrefix prefix);
  [[nodiscard]] size_t prefixes() const;

 private:
  size_t limit_;
  mutable std::mutex mutex_;  // taken when a connection begins or ends
  std::unordered_map<ClientPrefix, size_t, PrefixHash> counts_;
};

/// What the connections of all threads share.
struct TcpCommon {
  explicit TcpCommon(const TcpLimits& limits) : memory(limits.memory), prefixes(limits.per_prefix) {}
  MemoryBudget memory;
  PrefixCounts prefixes;
  std::atomic<size_t> open = 0;  // connections
};

}  // namespace ptrd::service
