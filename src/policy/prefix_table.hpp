// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Longest-prefix match over any number of prefixes of one family, as an immutable multibit trie:
//
//   root: one entry for each value of the first two octets
//     │ an entry is a prefix (or none), or a line
//     ▼
//   line, 64 bytes: the next octet. Values with the same entry form runs:
//     starts   256 bits, one for the first value of each run
//     before   how many of them are in the words before each
//     entries  one per run: in the line itself up to seven, otherwise in the pool
//
// A lookup reads one line (and perhaps one word of the pool) for each octet after the second, and stops where
// no longer prefix is possible: its cost does not depend on the number of prefixes.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::policy {

/// An address prefix. The bits after `length` are zero.
struct Prefix {
  std::array<uint8_t, 16> address = {};  // network order; IPv4: the first four bytes
  bool ipv6 = false;
  uint8_t length = 0;  // bits: 0 to 32, or 0 to 128

  [[nodiscard]] bool operator==(const Prefix&) const = default;
};

class PrefixTable {
 public:
  /// What a prefix stands for; 0 is none.
  using Value = uint32_t;
  struct Entry {
    Prefix prefix;
    Value value;  // not 0
  };
  /// A burst of lookups is at most that long.
  static constexpr size_t kBurst = 32;
  /// The number of an element of `prefixes_`, or a line.
  using Ref = uint32_t;
  /// A lookup under way in a burst.
  struct Lookup {
    const PrefixTable* table;
    const uint8_t* address;  // network order
    Ref ref;
    uint8_t place;  // the caller's
    [[nodiscard]] Value value() const { return table->prefixes_[ref].value; }
  };

  /// Empty: finds nothing.
  PrefixTable() = default;
  /// `entries` are all of one family; of several with the same prefix, the first counts. At most 2^30 lines
  /// (64 GiB) are made: throws std::bad_alloc when memory runs out.
  explicit PrefixTable(std::span<const Entry> entries);

  [[nodiscard]] bool empty() const { return prefixes_.size() == 1; }
  /// The value of the longest prefix that covers the address (network order, 4 or 16 bytes).
  [[nodiscard]] Value find(const uint8_t* address) const;
  /// The value of the longest prefix that covers all addresses of a prefix of `length` bits.
  [[nodiscard]] Value find(const uint8_t* address, unsigned length) const;
  /// What is known after the first two octets, as a number in host order. 0: no prefix; that is what most
  /// lookups come to.
  [[nodiscard]] Ref begin(uint16_t first_two) const { return root_[first_two & root_mask_]; }
  /// Completes at most kBurst lookups, side by side: while the line for one is fetched, the others go on.
  static void finish(std::span<Lookup> lookups);

  /// Bytes that it takes.
  [[nodiscard]] size_t bytes() const;

 private:
  static constexpr Ref kLine = 1U << 31;

  struct alignas(64) Line {
    static constexpr size_t kOwn = 7;
    /// Bit 0 of the first word, where a run always starts, says instead that the entries are in the pool.
    std::array<uint64_t, 4> starts;
    std::array<uint8_t, 4> before;  // for each word: bits that are set in those before it
    std::array<Ref, kOwn> entries;  // or, in the first, where in the pool they begin
  };
  static_assert(sizeof(Line) == 64);

  struct Known {
    Value value = 0;
    uint32_t parent = 0;  // the next shorter prefix that covers this one
    uint8_t length = 0;
  };

  class Maker;

  /// The number of the longest prefix that covers the address.
  [[nodiscard]] Ref longest(const uint8_t* address) const;
  [[nodiscard]] Ref step(Ref ref, uint8_t octet) const {
    const Line& line = lines_[ref & ~kLine];
    const unsigned word = octet >> 6;
    const uint64_t up_to = ~uint64_t{0} >> (63 - (octet & 63U));
    const auto run = line.before[word] + static_cast<unsigned>(std::popcount(line.starts[word] & up_to));
    const bool in_pool = (line.starts[0] & 1) != 0;
    return in_pool ? pool_[line.entries[0] + run - 1] : line.entries[run];
  }

  std::vector<Ref> root_ = {0};
  uint16_t root_mask_ = 0;  // an empty table's root has one entry
  std::vector<Line> lines_;
  std::vector<Ref> pool_;
  std::vector<Known> prefixes_ = {{}};  // the first is "none"
};

}  // namespace ptrd::policy
