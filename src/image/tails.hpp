// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "ptrd/image/format.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::image {

/// The shared ends of PTR targets: which ones are worth a line, and where they are.
class Tails {
 public:
  struct Split {
    uint32_t tail;      // number of the tail, from the first tail line
    uint8_t head_size;  // bytes of the target that stand in front of it
  };
  /// First pass, over all plain records: count the ends. `depth` labels are left in front.
  void count(uint32_t ttl, wire::Bytes target, unsigned depth);
  /// Second pass: the best end of a target; a new one gets its line.
  Split split(uint32_t ttl, wire::Bytes target);
  /// The tail of this name, made if it is not there; `name` must stay.
  uint32_t number_of(uint32_t ttl, wire::Bytes name);
  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

 private:
  struct Key {
    uint32_t ttl;
    std::string_view name;
    bool operator==(const Key&) const = default;
  };
  struct Entry {
    const char* name = nullptr;  // null: a free slot
    uint64_t hash = 0;
    uint32_t ttl = 0;
    uint32_t uses = 0;
    uint32_t number = kUnplaced;
    uint8_t size = 0;
    [[nodiscard]] bool has(uint64_t h, const Key& key) const {
      return hash == h && ttl == key.ttl && std::string_view(name, size) == key.name;
    }
  };
  static_assert(sizeof(Entry) == 32, "two a cache line");
  static constexpr uint32_t kUnplaced = ~0U;
  static constexpr uint32_t kWorthALine = 4;  // fewer uses would cost more than they save

  [[nodiscard]] static uint64_t hash_of(const Key& key);
  /// The slot of a key, or the free one where it belongs.
  [[nodiscard]] size_t slot_of(const Key& key, uint64_t hash) const;
  Entry& find_or_add(const Key& key, uint64_t hash);
  [[nodiscard]] Entry* find(const Key& key);
  void grow();
  uint32_t place(Key key, Entry& entry);

  /// Ends that are counted but not in the table yet. Their slots are on their way into the cache meanwhile.
  struct Pending {
    Key key{};
    uint64_t hash = 0;
    uint32_t uses = 0;
  };
  static constexpr size_t kPending = 16;
  void settle(Pending& pending);
  void settle_all();

  // Open addressing, at most half full: with millions of ends each look-up is a cache miss, so it should be
  // one.
  std::vector<Entry> entries_;
  size_t used_ = 0;
  std::vector<Line> lines_;
  std::array<Pending, kPending> pending_;  // a ring
  size_t newest_ = 0;
  Key last_key_{};  // neighbours mostly share their end
  Entry* last_ = nullptr;
};

}  // namespace ptrd::image
