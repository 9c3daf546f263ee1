// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "answer/same_name.hpp"
#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::answer {

/// Suffixes of the names already in a reply, with their offsets: targets for compression pointers (RFC 1035
/// 4.1.4). A hash table of fixed size on the stack, with few probes: the cost of a lookup does not depend on
/// the number of names. Names crafted to collide are found less often, which makes a reply longer but never
/// slower.
class SuffixTable {
 public:
  /// Labels of one name that are looked up and stored, from the left: more than a host's name has.
  static constexpr unsigned kMaxLookUps = 20;

  /// The hash of a suffix: a name, not the root, from one of its labels on. Ignores case.
  [[nodiscard]] static uint32_t hash(wire::Bytes suffix);

  /// The offset of `suffix`; 0: unknown. Then it is stored with `offset`, if there is room. Its bytes must
  /// stay valid and unchanged: the name in the reply may end in a pointer, so later names are compared with
  /// these bytes.
  [[nodiscard]] uint16_t find_or_add(uint32_t hash, wire::Bytes suffix, size_t offset) {
    for (uint32_t i = 0; i < kProbes; ++i) {
      const uint32_t bucket = (hash + i) % kBuckets;
      const unsigned number = index_[bucket];
      if (number == 0) {
        if (count_ == kMaxNames || offset > kMaxOffset) return 0;
        entries_[count_] = {suffix.data(), hash, static_cast<uint16_t>(offset),
                            static_cast<uint8_t>(suffix.size()), static_cast<uint8_t>(bucket)};
        index_[bucket] = static_cast<uint8_t>(++count_);
        return 0;
      }
      const Entry& entry = entries_[number - 1];
      if (entry.hash == hash && entry.size == suffix.size() && same_name({entry.suffix, entry.size}, suffix))
        return entry.offset;
    }
    return 0;
  }

  [[nodiscard]] unsigned count() const { return count_; }
  /// Removes all except the first `count` entries, latest first, so that no entry is ever behind an empty
  /// bucket.
  void shrink_to(unsigned count) {
    while (count_ > count) index_[entries_[--count_].bucket] = 0;
  }

 private:
  static constexpr unsigned kMaxNames = 192;
  static constexpr unsigned kBuckets = 256;
  static constexpr unsigned kProbes = 8;
  static constexpr size_t kMaxOffset = 0x3FFF;

  struct Entry {
    const uint8_t* suffix;
    uint32_t hash;
    uint16_t offset;
    uint8_t size;
    uint8_t bucket;
  };
  static_assert(sizeof(Entry) == 16 && kMaxNames < 256 && kBuckets <= 256 && wire::kMaxName < 256);

  std::array<uint8_t, kBuckets> index_{};  // an entry's number plus one; 0: none
  std::array<Entry, kMaxNames> entries_;   // the first count_ of them
  unsigned count_ = 0;
};

// Hashes the first, middle and last eight octets of the first label, and the size of the rest: cheap, and
// enough to tell the names of an RRset apart. Collisions do not affect the running time.
inline uint32_t SuffixTable::hash(wire::Bytes suffix) {
  const uint8_t* p = suffix.data();
  const size_t size = suffix.size();
  uint64_t first = 0;
  uint64_t middle = 0;
  uint64_t last = 0;
  if (size >= 8) {
    const size_t end = std::max<size_t>(p[0] + 1U, 8);
    first = wire::load_raw<uint64_t>(p);
    middle = wire::load_raw<uint64_t>(p + (end - 8) / 2);
    last = wire::load_raw<uint64_t>(p + end - 8);
  } else if (size >= 4) {
    first = wire::load_raw<uint32_t>(p);
    last = wire::load_raw<uint32_t>(p + size - 4);
  } else {
    first = size > 1 ? p[1] : 0;  // one label of one octet
  }
  // The bit that tells upper from lower case in letters; set in every octet, so that it has no effect on the
  // hash.
  constexpr uint64_t kCase = 0x2020'2020'2020'2020U;
  constexpr uint64_t kFirst = 0x9E37'79B9'7F4A'7C15U;  // odd, with random-looking bits
  constexpr uint64_t kMiddle = 0xC2B2'AE3D'27D4'EB4FU;
  constexpr uint64_t kLast = 0x1656'67B1'9E37'79F9U;
  const uint64_t mixed =
      ((first | kCase) ^ size) * kFirst + (middle | kCase) * kMiddle + (last | kCase) * kLast;
  return static_cast<uint32_t>((mixed ^ mixed >> 29) * kFirst >> 32);
}

}  // namespace ptrd::answer
