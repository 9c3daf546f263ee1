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
#include "ptrd/image/signed_leaf.hpp"

namespace ptrd::answer {

/// Writes the PTR record for a query on a fast path behind the question of its message `p`. Returns the
/// offset of its end.
[[gnu::always_inline]] inline size_t write_ptr(const image::View& view, uint8_t* p, const Query& query) {
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
  return size;
}

/// Completes a reply with so many records that end at `size`.
[[gnu::always_inline]] inline Reply finish_hit(const Settings& settings, uint8_t* p, const Query& query,
                                               size_t size, uint64_t records) {
  if (query.edns) size += write_fast_opt(p + size, query, settings.udp_payload);
  wire::HeaderView header(p);
  header.set_flags(static_cast<uint16_t>(wire::flag::qr | wire::flag::aa | (query.flags & kEchoed)));
  wire::store_raw(p + 4, __builtin_bswap64(1ULL << 48 | records << 32 | (query.edns ? 1U : 0U)));
  return {Kind::answer, static_cast<uint16_t>(size)};
}

/// Writes the reply to a query on a fast path over its message `p`.
[[gnu::always_inline]] inline Reply write_hit(const image::View& view, const Settings& settings, uint8_t* p,
                                              const Query& query) {
  return finish_hit(settings, p, query, write_ptr(view, p, query), 1);
}

/// The same for a query with DO: with the RRSIG record of a signed leaf. Returns false, and writes nothing,
/// if they may not fit.
[[gnu::always_inline]] inline bool write_signed_hit(const image::View& view, const Settings& settings,
                                                    wire::MutableBytes buffer, const Query& query,
                                                    Reply& reply) {
  uint8_t* const p = buffer.data();
  const uint8_t* const start = view.unit(query.record.unit());
  const auto& leaf = *reinterpret_cast<const image::Leaf4*>(start);  // both kinds of leaf start alike
  if (!query.record.is_leaf() || view.tail(leaf.tail()).signing_number() == 0) {
    reply = write_hit(view, settings, p, query);
    return true;
  }
  const image::Tail& tail = view.tail(leaf.tail());
  const image::LeafSigning& signing = view.signing(tail.signing_number());
  const size_t most = query.question_end + image::kRecordFixed + leaf.head_size() + tail.size +
                      image::leaf_rrsig_size(signing) + fast_opt_size(query);
  if (most > query.limit || most + image::kLeafSlack > buffer.size()) return false;
  const uint8_t* const part = query.path == Query::Path::fast4
                                  ? image::signed_part(leaf)
                                  : image::signed_part(*reinterpret_cast<const image::Leaf6*>(start));
  const size_t size = write_ptr(view, p, query);
  reply = finish_hit(settings, p, query, size + image::write_leaf_rrsig(signing, part, p + size), 2);
  return true;
}

// Without signatures, a PTR answer always fits: header, a whole address name, type and class, the record,
// OPT.
static_assert(wire::kHeaderSize + wire::kIp6NameSize + 4 + image::kMaxLeafRecord + wire::kOptSize +
                  kCookieOption <=
              wire::kMinUdpPayload);
static_assert(wire::kMinUdpPayload + 2 * image::kLeafSlack <= kMinBuffer);

}  // namespace ptrd::answer
