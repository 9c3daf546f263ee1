// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Which records of a signed zone prove what an answer says (RFC 4035 3.1.3, RFC 5155 7.2).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "answer/search.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/image/nsec3.hpp"
#include "ptrd/image/signed_leaf.hpp"

namespace ptrd::answer {

/// The NSEC and NSEC3 records that prove the steps of one reply, each once. Nothing is allocated. For one
/// step, at most two searches for an NSEC, or kMaxHashes names hashed, as far as the budget allows
/// (`is_whole`).
class Proof {
 public:
  /// A record of the types NSEC or NSEC3, and the RRSIGs over it.
  struct Set {
    wire::Bytes owner;
    wire::Bytes shared;  // the end of the owner that is part of the name that was searched for
    uint16_t type;
    wire::Bytes records;
    wire::Bytes signatures;
    const void* source;  // where in the image, which tells it from others
  };
  /// One for each alias that a wildcard makes, three for the end of the chain, and some.
  static constexpr size_t kMaxSets = 20;
  /// For the closest encloser, which is looked for among 127 names by halves, the name below it, a wildcard.
  static constexpr unsigned kMaxHashes = 10;

  /// `budget` must outlive it.
  Proof(const image::View& view, Budget& budget) : view_(view), budget_(budget) {}

  // `found` is where the search for `name` ended, in a zone that is signed. The name's bytes must stay valid.

  /// The name exists at the Node `node` (0: at none), but has no records of the type.
  void no_data(const Found& found, wire::Bytes name, uint32_t node);
  /// The wildcard's Node below the closest encloser has no records of the type.
  void no_data_at_wildcard(const Found& found, wire::Bytes name, uint32_t wildcard);
  /// Neither the name exists nor a wildcard for it.
  void no_name(const Found& found, wire::Bytes name);
  /// The name itself does not exist, so that a wildcard answers.
  void wildcard(const Found& found, wire::Bytes name);
  /// `cut`, the cut above the name, or at it, has no DS record.
  void no_ds(const Found& found, wire::Bytes name, wire::Bytes cut);

  [[nodiscard]] std::span<const Set> sets() const { return std::span(sets_).first(count_); }
  /// Whether all that is needed is in `sets`: no more than kMaxSets, and none that the budget was spent on.
  [[nodiscard]] bool is_whole() const { return whole_; }

 private:
  class Nsec;
  class Nsec3;

  void add(const Set& set);
  [[nodiscard]] bool has(const void* source) const;
  /// Takes steps of the budget. False: it is spent, and the proof is not whole.
  [[nodiscard]] bool take(size_t steps) {
    whole_ = budget_.take(steps) && whole_;
    return whole_;
  }
  /// Room for the owner of the next set.
  [[nodiscard]] wire::MutableBytes owner_room() { return owners_[count_]; }

  /// Room for the records of the next set, if it is a leaf's; there is room for one that is not needed.
  [[nodiscard]] auto& leaf_room() { return leaves_[count_]; }

  const image::View& view_;
  std::array<Set, kMaxSets> sets_;
  // Names of owners that are not part of a name asked, and room for one that may not be needed.
  std::array<std::array<uint8_t, wire::kMaxName>, kMaxSets + 1> owners_;
  // The records of leaves.
  std::array<std::array<uint8_t, image::kMaxLeafNsec + image::kMaxLeafRrsig + image::kLeafSlack>,
             kMaxSets + 1>
      leaves_;
  size_t count_ = 0;
  Budget& budget_;
  bool whole_ = true;
};

}  // namespace ptrd::answer
