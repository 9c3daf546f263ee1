// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <mutex>
#include <string_view>
#include <vector>

#include "ptrd/image/format.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::image {

/// The shared-suffix dictionary of PTR targets: which suffixes are worth a line, and where they are stored.
/// `signing` is Tail::signing.
class Tails {
 private:
  struct Key {
    uint32_t ttl;
    uint32_t signing;  // Tail::signing
    std::string_view name;
    bool operator==(const Key&) const = default;
  };
  struct Entry {
    const char* name = nullptr;  // null: a free slot
    uint64_t hash = 0;
    uint32_t ttl = 0;
    uint32_t uses = 0;
    uint32_t number = kUnplaced;
    uint32_t size_and_signing = 0;  // 8 and 24 bits
    [[nodiscard]] Key key() const {
      return {ttl, size_and_signing >> 8, std::string_view(name, size_and_signing & 0xFF)};
    }
    [[nodiscard]] bool has(uint64_t h, const Key& other) const { return hash == h && key() == other; }
  };
  static_assert(sizeof(Entry) == 32, "two a cache line");
  static constexpr uint32_t kUnplaced = ~0U;
  static constexpr uint32_t kWorthALine = 4;  // with fewer uses it would cost more than it saves
  static constexpr size_t kTables = 64;

 public:
  struct Split {
    uint32_t tail;      // number of the tail, from the first tail line
    uint8_t head_size;  // bytes of the target before it
  };

  /// First pass, over all plain records: counts the suffixes. One per thread.
  class Counter {
   public:
    explicit Counter(Tails& tails) : tails_(tails) {}
    /// `target` must remain valid.
    void count(uint32_t ttl, wire::Bytes target, uint32_t signing);
    /// Ends the counting.
    void finish();

   private:
    struct Use {
      Key key{};
      uint64_t hash = 0;
      uint32_t uses = 0;
    };
    void settle(Use& use);
    void empty(size_t table);

    Tails& tails_;
    std::array<Use, 2> newest_;  // by depth; neighbours mostly share their suffix
    // A table's lock is taken, and its slots are prefetched, for many at a time.
    static constexpr size_t kMax = 32;
    std::array<std::array<Use, kMax>, kTables> waiting_;
    std::array<uint8_t, kTables> count_{};
  };

  /// Second pass: the best suffix of a target; a new one gets its line.
  Split split(uint32_t ttl, wire::Bytes target, uint32_t signing);
  /// Prefetches what `split` will look up.
  void prefetch(uint32_t ttl, wire::Bytes target, uint32_t signing) const;
  /// The tail of this name, created if missing; `name` must remain valid.
  uint32_t number_of(uint32_t ttl, wire::Bytes name, uint32_t signing = 0);
  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

 private:
  /// Open addressing, at most half full: with millions of suffixes each lookup is a cache miss, so there
  /// should be only one.
  class Table {
   public:
    [[nodiscard]] Entry* find(const Key& key, uint64_t hash);
    Entry& find_or_add(const Key& key, uint64_t hash);
    void prefetch(uint64_t hash) const;

    std::mutex mutex;

   private:
    /// The slot of a key, or the free slot for it.
    [[nodiscard]] size_t slot_of(const Key& key, uint64_t hash) const;
    void grow();

    std::vector<Entry> entries_;
    size_t used_ = 0;
  };

  [[nodiscard]] static uint64_t hash_of(const Key& key);
  [[nodiscard]] static size_t table_of(uint64_t hash) { return hash >> 58; }
  static_assert(kTables == 1U << (64 - 58));
  uint32_t place(const Key& key, Entry& entry);

  std::array<Table, kTables> tables_;
  std::vector<Line> lines_;
  Key last_key_{};  // neighbours mostly share their suffix
  Entry* last_ = nullptr;
};

}  // namespace ptrd::image
