// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string_view>
#include <unordered_map>
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
  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

 private:
  struct Key {
    uint32_t ttl;
    std::string_view name;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    size_t operator()(const Key& key) const;
  };
  struct Entry {
    uint32_t uses = 0;
    uint32_t number = kUnplaced;
  };
  static constexpr uint32_t kUnplaced = ~0U;
  static constexpr uint32_t kWorthALine = 4;  // fewer uses would cost more than they save

  uint32_t place(Key key, Entry& entry);

  std::unordered_map<Key, Entry, Hash> entries_;
  std::vector<Line> lines_;
  Key last_key_{};  // neighbours mostly share their end
  Entry* last_ = nullptr;
};

}  // namespace ptrd::image
