// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <utility>

#include "answer/query_list.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::answer {

/// The IPv6 addresses of a burst, down ip6.arpa's branches. Queries wait in lists, by what they wait for: no
/// step has to find out again what it is at.
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
/// A branch is not compared with the address on the way down: the leaf or the Range holds it, and says in the
/// end.
class Walk6 {
 public:
  /// Those that are not there go to `denied`.
  Walk6(const image::View& view, const Start6& start, QueryList& denied)
      : view_(view), start_(start), denied_(denied) {}

  /// The first table below the start is in the cache: one hop with the next.
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
  /// Fetches what the next step looks at, and has the query wait for it.
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
  /// There is nothing of the address's own: the Range that encloses the last branch has it, or nobody.
  void miss(Query& query);
  /// Whether the last Node on the way encloses the name of this address.
  [[nodiscard]] bool encloser_is_above(const Query& query) const;

  const image::View& view_;
  const Start6& start_;
  QueryList& denied_;
  QueryList tables_;    // of pairs
  QueryList branches_;  // that take one nibble
  QueryList nodes_;
  QueryList leaves_;
  QueryList ranges_;
};

/// As far as all addresses of an image go the same way, it is taken once: to the first branch that parts
/// them, or to the first one below a single zone's apex. That they are below is seen in the end, as of other
/// nibbles that a walk does not look at.
[[nodiscard]] Start6 start6(const image::View& view);

}  // namespace ptrd::answer
