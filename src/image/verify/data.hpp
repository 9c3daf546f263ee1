// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "image/verify/bounded_view.hpp"
#include "image/verify/claims.hpp"
#include "image/verify/records.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

/// What the lines of an image under verification refer to: tails, leaves, RRsets, names and SOAs of zones.
/// Any thread. Throws Faults.
///
/// The time is linear in the image's size, whatever refers to what: the units of RRsets, lists, names and
/// SOAs may be referenced only once, and so may signed leaves; a tail is checked once; and so is a leaf,
/// unless that takes only a few steps.
class VerifiedData {
 public:
  explicit VerifiedData(const BoundedView& view);

  /// Uses the tails of the header from now on; their lines must be in the image.
  void use_tails() { tails_.resize(view_.header().tail_lines); }
  /// Bytes of a tail's name.
  [[nodiscard]] uint8_t tail_size(uint32_t number) { return static_cast<uint8_t>(tail(number)); }

  /// Checks the leaf at a unit, in the zone at this line (0: in none), and returns it.
  template <typename Leaf>
  const Leaf& check_leaf(uint64_t unit, uint32_t zone);
  /// The Nodes of a LabelledList at a unit, which are not checked yet; 0: none.
  [[nodiscard]] std::span<const uint32_t> check_list(uint64_t unit);
  /// Checks the RRsets of a Node, and its flags against them.
  SeenTypes check_sets(const Node& node, uint64_t line);
  /// Checks the NSEC3 record at a unit with the signatures over it, and returns it.
  const Nsec3Record& check_nsec3_record(uint64_t unit);
  /// Checks a Zone's name and SOA.
  void check_zone(const Zone& zone, uint64_t line);

 private:
  static constexpr uint16_t kSigned = 0x100;
  /// Bytes of a tail's name, and whether it has a LeafSigning.
  [[nodiscard]] uint16_t tail(uint32_t number) {
    expect(number < tails_.size(), "a tail's number", number);
    const std::atomic_ref<uint16_t> known(tails_[number]);
    const uint16_t tail = known.load(std::memory_order_relaxed);
    return tail != 0 ? tail : check_tail(number);
  }
  [[nodiscard]] uint16_t check_tail(uint32_t number);
  [[nodiscard]] const LeafSigning& check_signing(uint32_t number, uint64_t line);
  /// What follows the first `size` bytes of a signed leaf; `labels` are those of its name.
  void check_signed_part(uint64_t unit, uint64_t size, uint32_t tail, uint32_t zone, uint8_t labels);
  void check_many_labels(wire::Bytes head, uint64_t unit, Claims& checked);
  /// The RRset at `unit` with its records.
  [[nodiscard]] Rrset check_set(uint64_t unit, uint64_t line);
  /// An RRset at `unit` of signatures over `covered` only.
  void check_signatures_over(wire::Type covered, uint64_t unit, uint64_t line);
  /// `size` bytes from `unit`, which nothing else may reference.
  [[nodiscard]] wire::Bytes claim(uint64_t unit, uint64_t size, const char* what);

  BoundedView view_;
  Claims units_;            // of RRsets, lists, names, SOAs and signed leaves
  Claims checked_leaves4_;  // those of many labels that have been checked, by unit
  Claims checked_leaves6_;
  std::vector<uint16_t> tails_;  // by number; 0: not checked yet. Any thread checks it, possibly two at once
};

// Inline for the walk, which spends most of its time here.
template <typename Leaf>
inline const Leaf& VerifiedData::check_leaf(uint64_t unit, uint32_t zone) {
  constexpr const char* kWhat = "a leaf";
  constexpr unsigned kFewLabels = 8;
  constexpr bool kIsV4 = sizeof(Leaf) == sizeof(Leaf4);
  const auto& leaf = *reinterpret_cast<const Leaf*>(view_.bytes(unit, sizeof(Leaf), kWhat).data());
  const wire::Bytes head = view_.bytes(unit, sizeof(Leaf) + leaf.head_size(), kWhat).subspan(sizeof(Leaf));
  const uint16_t tail = this->tail(leaf.tail());
  expect(head.size() + static_cast<uint8_t>(tail) <= wire::kMaxName, "a target's size", unit / kUnitsPerLine);
  if ((tail & kSigned) != 0) {
    check_signed_part(unit, sizeof(Leaf) + head.size(), leaf.tail(), zone,
                      kIsV4 ? wire::kInAddrLabels : wire::kIp6Labels);
  }
  size_t at = 0;
  for (unsigned labels = 0; at < head.size(); at += head[at] + 1U) {
    expect(head[at] != 0 && head[at] <= wire::kMaxLabel, "a target's label", unit / kUnitsPerLine);
    if (++labels > kFewLabels) {
      check_many_labels(head, unit, kIsV4 ? checked_leaves4_ : checked_leaves6_);
      return leaf;
    }
  }
  expect(at == head.size(), "a target's size", unit / kUnitsPerLine);
  return leaf;
}

}  // namespace ptrd::image
