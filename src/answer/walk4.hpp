// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "answer/denial.hpp"
#include "answer/query_list.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::answer {

/// The IPv4 addresses of a burst, down in-addr.arpa's tables:
///
///     enter                                            finish
///     table of /0 ─▶ table of /8 ─▶ table of /16 ─▶    table of /24 ─▶ leaf
///            │              │              │                  │
///            └──────────────┴──────────────┴──────────────────┴──▶ end: a Range has it; not there, so that
///                                                                  the last Node denies it; or the general
///                                                                  part has to look at a Node
///
/// The tables of the upper three octets stay in the cache, so they are one step; only the last octet's line
/// and the leaf's may be cold.
class Walk4 {
 public:
  /// Queries for addresses that do not exist are added to `denied`.
  Walk4(const image::View& view, QueryList& denied) : view_(view), denied_(denied) {}

  /// Walks down to the last table. The walk ends earlier if a Range has all of an upper octet's addresses, or
  /// there are none.
  [[gnu::always_inline]] void enter(Query& query) {
    const uint32_t address = query.name.v4;
    image::Ref above;
    image::Ref ref = view_.header().v4;
    for (unsigned shift = 24; shift > 0; shift -= 8) {
      if (!ref.is_octet_table()) [[unlikely]]
        return end(query, above, ref);
      above = ref;
      ref = view_.octet_child(ref, static_cast<uint8_t>(address >> shift));
    }
    if (!ref.is_octet_table()) return end(query, above, ref);
    view_.prefetch_line(ref.line() + (ref.is(image::Ref::Kind::octets) ? (address & 0xFF) / 16 : 0));
    query.table = ref;
    last_octet_.add(query);
  }
  /// The last step of all queries.
  void finish() {
    if (last_octet_.count > 0) last_step();
  }

 private:
  void last_step();
  /// Handles a walk that ends in something other than a leaf: `ref`, found through the table `above`, if any.
  void end(Query& query, image::Ref above, image::Ref ref);

  const image::View& view_;
  QueryList& denied_;
  QueryList last_octet_;
};

}  // namespace ptrd::answer
