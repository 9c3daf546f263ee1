// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// A policy for the program in the kernel (bpf/policy.h), as lines of 64 bytes in memory that both share:
// trees of its prefixes, the rates of its rules and limits, and the table of rates itself, so that kernel and
// workers have one limit. The program takes the actions answer, drop, rate and count, and cookies; it leaves
// queries with other rules to the workers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "policy/limits.hpp"
#include "policy/rate_table.hpp"
#include "policy/rule.hpp"

namespace ptrd::policy {

struct Spec;

/// A line, of any contents.
struct alignas(64) KernelLine {
  std::byte bytes[64];
};

/// Memory that the kernel program reads and writes, too.
class SharedMemory {
 public:
  SharedMemory() = default;
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  virtual ~SharedMemory() = default;

  [[nodiscard]] virtual std::span<KernelLine> lines() const = 0;
  /// The descriptor that it has in the kernel.
  [[nodiscard]] virtual int descriptor() const = 0;
};
/// Makes so many lines, all zero. Error: why not.
using MakeShared = std::function<tl::expected<std::unique_ptr<SharedMemory>, std::string>(size_t lines)>;

/// What limits and cookies have done in the kernel; see StationCounts.
struct KernelCounts {
  uint64_t log_only = 0;  // replies over a limit that were sent, as the limits only log
  uint64_t cookies_valid = 0;
  uint64_t cookies_new = 0;
  uint64_t cookies_bad = 0;
};

class KernelLines {
 public:
  /// Error: why there is no such memory.
  [[nodiscard]] static tl::expected<std::shared_ptr<KernelLines>, std::string> make(const Spec& spec,
                                                                                    const MakeShared& share);

  [[nodiscard]] int descriptor() const { return memory_->descriptor(); }
  /// For the limits of the same policy.
  [[nodiscard]] const LimitKeys& keys() const { return keys_; }
  [[nodiscard]] std::span<RateTable::Line> rates() const { return rates_; }
  /// By rule number; empty if no rule has a rate.
  [[nodiscard]] std::span<Bucket> buckets() const { return buckets_; }
  /// How often the program has applied a rule.
  [[nodiscard]] uint64_t hits(RuleNumber rule) const;
  [[nodiscard]] KernelCounts counts() const;
  /// Tells the program the time since 1970, of which it only knows how it goes on. To be called again now and
  /// then, as somebody may set the clock.
  void set_clock() const;

 private:
  explicit KernelLines(std::unique_ptr<SharedMemory> memory) : memory_(std::move(memory)) {}

  std::unique_ptr<SharedMemory> memory_;
  LimitKeys keys_;
  std::span<RateTable::Line> rates_;
  std::span<Bucket> buckets_;
  size_t hits_ = 0;         // first line
  size_t hit_lines_ = 0;    // of a stripe
  RuleNumber cookies_ = 0;  // where the hits of cookies begin; 0: the policy has none
};

}  // namespace ptrd::policy
