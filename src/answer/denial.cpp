// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/denial.hpp"

#include "answer/reply.hpp"
#include "ptrd/image/leaf.hpp"

namespace ptrd::answer {

namespace {

/// The Zone that denies a name below `encloser`; 0: the general part has to decide.
uint32_t denying_zone(const image::Node& encloser) {
  constexpr uint8_t kOthers = image::node_flag::cut | image::node_flag::dname | image::node_flag::wildcard;
  // Without a table, children with an address label would be stored elsewhere.
  const bool has_others = encloser.children.is_none() && encloser.labelled != 0;
  return (encloser.flags & kOthers) != 0 || has_others ? 0 : encloser.zone;
}

}  // namespace

void settle_denials(const image::View& view, QueryList& denied) {
  QueryList by_zone;
  denied.take([&](Query& query) {
    query.zone = denying_zone(view.at<image::Node>(query.encloser));
    if (query.zone == 0) {
      query.path = Query::Path::general;
      return;
    }
    view.prefetch_line(query.zone);
    by_zone.add(query);
  });
  by_zone.take([&](Query& query) {
    const auto& zone = view.at<image::Zone>(query.zone);
    view.prefetch_unit(zone.negative_soa);
    if (query.dnssec_ok && zone.negative_signatures != 0) view.prefetch_unit(zone.negative_signatures);
  });
}

bool write_plain_denial(const image::View& view, const Settings& settings, wire::MutableBytes buffer,
                        const Query& query, Reply& reply) {
  const auto& zone = view.at<image::Zone>(query.zone);
  const size_t at = query.question_end;
  const size_t behind = at + zone.negative_soa_size;
  const size_t size = behind + fast_opt_size(query);
  if (size > query.limit || size + image::kLeafSlack > buffer.size()) return false;
  uint8_t* const p = buffer.data();
  image::copy_chunks(p + at, view.unit(zone.negative_soa), zone.negative_soa_size);
  point_negative_soa(zone, at, at, p + at);
  if (query.edns) write_fast_opt(p + behind, query, settings.udp_payload);
  wire::HeaderView header(p);
  header.set_flags(static_cast<uint16_t>(wire::flag::qr | wire::flag::aa | (query.flags & kEchoed) |
                                         static_cast<unsigned>(wire::Rcode::nxdomain)));
  header.set_counts(1, 0, 1, query.edns ? 1 : 0);
  reply = {Kind::nxdomain, static_cast<uint16_t>(size)};
  return true;
}

}  // namespace ptrd::answer
