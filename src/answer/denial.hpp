// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The answer for a name that does not exist. Its closest encloser decides (RFC 4592 3.3.1): the wildcard
// directly below the encloser answers for the name, or else the encloser's zone denies it, with its SOA
// record (RFC 2308 2.1). bpf/lookup.h follows the same rule.
#pragma once

#include "answer/proof/signed_denial.hpp"
#include "answer/query_list.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::answer {

/// The line of the wildcard's Node directly below `encloser`, the line of a Node; 0: there is none.
[[nodiscard]] inline uint32_t wildcard_below(const image::View& view, uint32_t encloser) {
  static constexpr uint8_t kStar[] = {'*'};
  const auto& node = view.at<image::Node>(encloser);
  if ((node.flags & image::node_flag::wildcard) == 0) return 0;
  // Few octets are before '*', so it is usually the first in the list.
  const uint32_t first = view.labelled(node)[0];
  const auto& label = view.at<image::Node>(first);
  return label.label_size == 1 && label.label[0] == '*' ? first : view.labelled_child(encloser, kStar);
}

/// Marks an address that does not exist as denied below `encloser`, the last Node on its path, and adds the
/// query to `denied` for `settle_denials`. Prefetches the encloser's line.
[[gnu::always_inline]] inline void deny_below(const image::View& view, Query& query, uint32_t encloser,
                                              QueryList& denied) {
  denied.add(query);
  query.path = Query::Path::denied;
  query.encloser = encloser;
  view.prefetch_line(encloser);
}

/// Finds the zones of the denied queries, and prefetches the SOA records. If the encloser has a cut, a DNAME,
/// a wildcard or other names below it, the query is left to the general part.
void settle_denials(const image::View& view, QueryList& denied);

/// Fills in the compression pointers of a zone's SOA record for negative answers. The record was copied to
/// `record`, at offset `at` of a reply whose question ends at `question_end` and whose question name ends in
/// the zone's name.
inline void point_negative_soa(const image::Zone& zone, size_t question_end, size_t at, uint8_t* record) {
  wire::store16(record, static_cast<uint16_t>(0xC000 | (question_end - 4 - zone.name_size)));
  if (zone.soa_pointer != 0)
    wire::store16(record + zone.soa_pointer, static_cast<uint16_t>(0xC000 | (at + zone.soa_target)));
}

/// Writes NXDOMAIN without signatures for a denied query. Returns false, and writes nothing, if it does not
/// fit.
[[nodiscard]] bool write_plain_denial(const image::View& view, const Settings& settings,
                                      wire::MutableBytes buffer, const Query& query, Reply& reply);

/// Writes NXDOMAIN for a denied query. False: the general part has to; `query.work` has what was done.
[[nodiscard]] inline bool write_denial(const image::View& view, const Settings& settings,
                                       wire::MutableBytes buffer, Query& query, Reply& reply) {
  if (query.dnssec_ok && view.at<image::Zone>(query.zone).denial != image::Denial::none)
    return write_signed_denial(view, settings, buffer, query, reply);
  return write_plain_denial(view, settings, buffer, query, reply);
}

}  // namespace ptrd::answer
