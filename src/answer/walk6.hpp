// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <utility>

#include "answer/query_list.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::answer {

/// The IPv6 addresses of a burst, down ip6.arpa's branches. Queries wait in lists, by the kind of their next
/// step, so that no step has to check the kind again.
///
///     enter                    finish
///     start ─▶ first table ─┬─▶ table (an octet) ──┐
///                           ├─▶ branch (a nibble) ─┼─▶ leaf: the address, answered
///                           ├─▶ Node ──────────────┘      another one: miss
///                           │    └─ cut, DNAME: general
///                           ├─▶ Range: has it, answered; or else general
///                           └─▶ nothing: miss
///
///     miss ─┬─▶ Range of the last branch, as above
///           ├─▶ denied, where the last Node is above the name
///           └─▶ general
///
/// Branches are not compared with the address on the way down: the leaf or the Range holds the whole address
/// and is compared at the end.
class Walk6 {
 public:
  /// Those that are not there go to `denied`.
  Walk6(const image::View& view, const Start6& start, QueryList& denied)
      : view_(view), start_(start), denied_(denied) {}

  /// The first table below the start is in the cache, so it is one step with the next.
  [[gnu::always_inline]] void enter(Query& query) {
    image::Ref ref = start_.ref;
    query.encloser = start_.node;
    query.encloser_branch = start_.node_branch;
    query.branch = start_.branch;
    if (ref.is(image::Ref::Kind::pairs)) {
      query.branch = ref;
      ref = view_.pair_child(ref, octet_at(query, ref.octet()));
    }
    aim(query, ref);
  }
  /// All further steps.
  void finish() {
    if (tables_.count + branches_.count + nodes_.count + leaves_.count + ranges_.count > 0) further_steps();
  }

 private:
  void further_steps();
  [[nodiscard]] static uint8_t octet_at(const Query& query, unsigned i) {
    // Words are little-endian: one byte to read.
    return reinterpret_cast<const uint8_t*>(query.name.v6.data())[i ^ 7];
  }
  /// Prefetches what the next step reads, and adds the query to the list for that step.
  [[gnu::always_inline]] void aim(Query& query, image::Ref ref) {
    if (ref.is_leaf()) {
      query.record = ref;
      leaves_.add(query, view_.unit(ref.unit()));
    } else if (ref.is(image::Ref::Kind::pairs)) {
      query.branch = ref;
      tables_.add(query, &view_.at<image::PairTable>(ref.table()).ref[octet_at(query, ref.octet())]);
    } else if (ref.is(image::Ref::Kind::nibbles)) {
      query.branch = ref;
      branches_.add(query, &view_.at<image::Nibbles>(ref.line()));
    } else {
      aim_elsewhere(query, ref);
    }
  }
  void aim_elsewhere(Query& query, image::Ref ref);
  /// The address has no record of its own: it is in the Range that encloses the last branch, or does not
  /// exist.
  void miss(Query& query);
  /// Whether the last Node on the path encloses the name of this address.
  [[nodiscard]] bool encloser_is_above(const Query& query) const;

  const image::View& view_;
  const Start6& start_;
  QueryList& denied_;
  QueryList tables_;    // tables of pairs
  QueryList branches_;  // branches that take one nibble
  QueryList nodes_;
  QueryList leaves_;
  QueryList ranges_;
};

/// The path that all addresses of an image have in common is walked once: to the first branch where they
/// diverge, or to the first one below a single zone's apex. Whether an address is below it is checked at the
/// end, as with the other nibbles that a walk skips.
[[nodiscard]] Start6 start6(const image::View& view);

}  // namespace ptrd::answer
