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

/// Ends of names that a reply has already, and where: what a later name may point at (RFC 1035 4.1.4). A hash
/// table of fixed size on the stack, with few probes: what a look-up costs does not depend on how many names
/// there are. Names that collide on purpose are found less often, which makes a reply longer and never
/// slower.
class SuffixTable {
 public:
  /// Labels of one name that are looked up and remembered, from the left: as many as an address's name in
  /// ip6.arpa has.
  static constexpr unsigned kMaxLookUps = 34;

  /// The hash of a suffix: a name, not the root, from one of its labels on. Letters of either case are the
  /// same.
  [[nodiscard]] static uint32_t hash(wire::Bytes suffix);

  /// Where `suffix` is; 0: not known. Then it is remembered as what is at `offset`, if there is room. Its
  /// bytes must stay as they are: the name's in the reply may end in a pointer, so it is these that later
  /// names are compared with.
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
  /// Forgets all but the first `count`, the latest first: so none is behind an empty bucket at any time.
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

  std::array<uint8_t, kBuckets> index_{};  // an entry's number and one; 0: none
  std::array<Entry, kMaxNames> entries_;   // the first count_ of them
  unsigned count_ = 0;
};

// Of the first label the first and last eight octets and those in the middle count, and of the rest its size:
// cheap, and enough to tell the names of a record set apart. Which names collide matters to nobody's time.
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
  // Of letters, the bit that makes upper and lower case; set in every octet, so that it tells nothing.
  constexpr uint64_t kCase = 0x2020'2020'2020'2020U;
  constexpr uint64_t kFirst = 0x9E37'79B9'7F4A'7C15U;  // odd, their bits without a pattern
  constexpr uint64_t kMiddle = 0xC2B2'AE3D'27D4'EB4FU;
  constexpr uint64_t kLast = 0x1656'67B1'9E37'79F9U;
  const uint64_t mixed =
      ((first | kCase) ^ size) * kFirst + (middle | kCase) * kMiddle + (last | kCase) * kLast;
  return static_cast<uint32_t>((mixed ^ mixed >> 29) * kFirst >> 32);
}

}  // namespace ptrd::answer
