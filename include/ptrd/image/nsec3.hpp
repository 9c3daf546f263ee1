// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The NSEC3 records of a zone in a verified image (see Nsec3Zone).
#pragma once

#include "ptrd/image/image.hpp"
#include "ptrd/image/nsec3_hash.hpp"

namespace ptrd::image {

/// The place of a hash among those of a zone. Null: there is no such record.
struct Nsec3Place {
  const Nsec3Record* match;   // of this very hash
  const Nsec3Record* before;  // of the greatest hash below it; the last one of the zone if there is none
};

/// `zone` has Denial::nsec3, here and below. Reads the zone's Nsec3Zone, a line of its directory, 1 to
/// kMaxNsec3Lines lines of a bucket, and a record only if the first 32 bits of its hash are the same.
[[nodiscard]] Nsec3Place nsec3_place(const View& view, const Zone& zone, const Nsec3Hash& hash);

/// The record whose hash is `hash`; null: none.
[[nodiscard]] inline const Nsec3Record* nsec3_match(const View& view, const Zone& zone,
                                                    const Nsec3Hash& hash) {
  return nsec3_place(view, zone, hash).match;
}
/// The record that covers `hash`; null: one matches it (RFC 5155 1.3).
[[nodiscard]] inline const Nsec3Record* nsec3_cover(const View& view, const Zone& zone,
                                                    const Nsec3Hash& hash) {
  const Nsec3Place place = nsec3_place(view, zone, hash);
  return place.match == nullptr ? place.before : nullptr;
}

/// The hash of a name of the zone, with the zone's salt and iterations.
[[nodiscard]] Nsec3Hash nsec3_hash(const View& view, const Zone& zone, wire::Bytes name);
[[nodiscard]] inline wire::Bytes nsec3_salt(const Nsec3Zone& zone) {
  return {reinterpret_cast<const uint8_t*>(&zone) + offsetof(Nsec3Zone, salt), zone.salt_size};
}

/// The NSEC3 record itself: one, owner 0xC00C.
[[nodiscard]] inline const Rrset& nsec3_set(const Nsec3Record& record) {
  return *reinterpret_cast<const Rrset*>(&record + 1);
}
/// The RRSIG records over it, owner 0xC00C.
[[nodiscard]] inline const Rrset& nsec3_signatures(const Nsec3Record& record) {
  return *View::next(&nsec3_set(record));
}

/// The first label of the owner of an NSEC3 record: its hash in base32hex, lower case (RFC 5155 3).
using Nsec3Label = std::array<uint8_t, 32>;
[[nodiscard]] Nsec3Label nsec3_label(const Nsec3Hash& hash);
[[nodiscard]] inline Nsec3Hash nsec3_hash_of(const Nsec3Record& record) {
  return std::to_array(record.hash);
}

/// The number of buckets of a zone, and where the n-th one starts.
[[nodiscard]] inline uint32_t nsec3_buckets(const Nsec3Zone& zone) {
  return uint32_t{1} << zone.bits;
}
[[nodiscard]] inline const uint32_t& nsec3_bucket(const View& view, const Nsec3Zone& zone, uint32_t number) {
  return reinterpret_cast<const uint32_t*>(&view.at<Line>(zone.directory))[number];
}
/// Calls `visit(const Nsec3Record&)` for each record of a zone, in the order of their hashes.
template <typename Visit>
void each_nsec3(const View& view, const Zone& zone, Visit visit) {
  const auto& all = view.at<Nsec3Zone>(zone.nsec3);
  for (uint32_t number = 0; number < nsec3_buckets(all); ++number) {
    for (uint32_t line = nsec3_bucket(view, all, number); line != 0; line = view.at<Nsec3Bucket>(line).next) {
      for (const auto& entry : view.at<Nsec3Bucket>(line).entry) {
        if (entry.record != 0) visit(*reinterpret_cast<const Nsec3Record*>(view.unit(entry.record)));
      }
    }
  }
}

/// The first 32 bits of a hash, and the number of the bucket that it belongs to.
[[nodiscard]] inline uint32_t nsec3_prefix(const uint8_t* hash) {
  return wire::load32(hash);
}
[[nodiscard]] inline uint32_t nsec3_bucket_of(uint32_t prefix, uint8_t bits) {
  return static_cast<uint32_t>(uint64_t{prefix} >> (32U - bits));
}

}  // namespace ptrd::image
