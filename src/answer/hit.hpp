// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The reply to a plain question for an address that has one PTR record. Inlined where one function call per
// query would be too expensive.
#pragma once

#include "answer/reply.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/leaf.hpp"
#include "ptrd/image/range.hpp"

namespace ptrd::answer {

/// Writes the reply to a query on a fast path over its message `p`.
[[gnu::always_inline]] inline Reply write_hit(const image::View& view, const Settings& settings, uint8_t* p,
                                              const Query& query) {
  size_t size = query.question_end;
  const bool v4 = query.path == Query::Path::fast4;
  const uint8_t* leaf = view.unit(query.record.unit());  // if the record is a leaf
  if (!query.record.is_leaf()) {
    size += image::write_range_record(
        view, view.at<image::Range>(query.record.line()),
        v4 ? image::range_address(query.name.v4) : image::range_address(query.name.v6), p + size);
  } else if (v4) {
    size += image::write_leaf_record(view, *reinterpret_cast<const image::Leaf4*>(leaf), p + size);
  } else {
    size += image::write_leaf_record(view, *reinterpret_cast<const image::Leaf6*>(leaf), p + size);
  }
  if (query.edns) size += write_fast_opt(p + size, query, settings.udp_payload);
  wire::HeaderView header(p);
  header.set_flags(static_cast<uint16_t>(wire::flag::qr | wire::flag::aa | (query.flags & kEchoed)));
  wire::store_raw(p + 4, __builtin_bswap64(1ULL << 48 | 1ULL << 32 | (query.edns ? 1U : 0U)));
  return {Kind::answer, static_cast<uint16_t>(size)};
}

// A PTR answer always fits: header, a whole address name, type and class, the record, OPT.
static_assert(wire::kHeaderSize + wire::kIp6NameSize + 4 + image::kMaxLeafRecord + wire::kOptSize +
                  kCookieOption <=
              wire::kMinUdpPayload);
static_assert(wire::kMinUdpPayload + 2 * image::kLeafSlack <= kMinBuffer);

}  // namespace ptrd::answer
