// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// What is said of a name that is not there. Its closest encloser decides (RFC 4592 3.3.1): the wildcard right
// below that answers in the name's place, or else the encloser's zone denies it, with its SOA record (RFC
// 2308 2.1). bpf/lookup.h says the same.
#pragma once

#include "answer/query_list.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::answer {

/// Node of the wildcard right below `encloser`, a Node's line; 0: there is none.
[[nodiscard]] inline uint32_t wildcard_below(const image::View& view, uint32_t encloser) {
  static constexpr uint8_t kStar[] = {'*'};
  const bool wildcard = (view.at<image::Node>(encloser).flags & image::node_flag::wildcard) != 0;
  return wildcard ? view.labelled_child(encloser, kStar) : 0;
}

/// Denies an address that is not there, below `encloser`, the last Node on its way; `denied` are looked at by
/// `settle_denials`. Its line is fetched.
[[gnu::always_inline]] inline void deny_below(const image::View& view, Query& query, uint32_t encloser,
                                              QueryList& denied) {
  denied.add(query);
  query.path = Query::Path::denied;
  query.encloser = encloser;
  view.prefetch_line(encloser);
}

/// Finds the zones of those that are denied, and fetches the SOA records. What an encloser leads elsewhere,
/// by a cut, a DNAME, a wildcard or other names below it, is left to the general part.
void settle_denials(const image::View& view, QueryList& denied);

/// Puts the pointers into a zone's SOA record for negative answers, copied to `record`, which is at `at` in a
/// reply whose question ends at `question_end`, with a name that ends as the zone's.
inline void point_negative_soa(const image::Zone& zone, size_t question_end, size_t at, uint8_t* record) {
  wire::store16(record, static_cast<uint16_t>(0xC000 | (question_end - 4 - zone.name_size)));
  if (zone.soa_pointer != 0)
    wire::store16(record + zone.soa_pointer, static_cast<uint16_t>(0xC000 | (at + zone.soa_target)));
}

/// NXDOMAIN for a query that is denied. False, and nothing written, when it does not fit.
[[nodiscard]] bool write_denial(const image::View& view, const Settings& settings, wire::MutableBytes buffer,
                                const Query& query, Reply& reply);

}  // namespace ptrd::answer
