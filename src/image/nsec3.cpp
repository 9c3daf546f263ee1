// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/nsec3.hpp"

#include <cstring>

namespace ptrd::image {

namespace {

const Nsec3Record* record_at(const View& view, uint32_t unit) {
  return reinterpret_cast<const Nsec3Record*>(view.unit(unit));
}

}  // namespace

Nsec3Place nsec3_place(const View& view, const Zone& zone, const Nsec3Hash& hash) {
  const auto& all = view.at<Nsec3Zone>(zone.nsec3);
  const uint32_t prefix = nsec3_prefix(hash.data());
  uint32_t line = nsec3_bucket(view, all, nsec3_bucket_of(prefix, all.bits));
  uint32_t before = view.at<Nsec3Bucket>(line).before;
  for (; line != 0; line = view.at<Nsec3Bucket>(line).next) {
    for (const auto& entry : view.at<Nsec3Bucket>(line).entry) {
      if (entry.record == 0 || entry.prefix > prefix) return {nullptr, record_at(view, before)};
      if (entry.prefix == prefix) {
        const Nsec3Record* const record = record_at(view, entry.record);
        const int order = std::memcmp(record->hash, hash.data(), hash.size());
        if (order >= 0) return {order == 0 ? record : nullptr, record_at(view, before)};
      }
      before = entry.record;
    }
  }
  return {nullptr, record_at(view, before)};
}

Nsec3Hash nsec3_hash(const View& view, const Zone& zone, wire::Bytes name) {
  const auto& all = view.at<Nsec3Zone>(zone.nsec3);
  return nsec3_hash(name, nsec3_salt(all), all.iterations);
}

Nsec3Label nsec3_label(const Nsec3Hash& hash) {
  // Eight digits at a time, of 40 bits: each is spread over 64, first in halves, then quarters, then digits.
  constexpr uint64_t kEach = 0x0101010101010101;
  constexpr uint64_t kToLetter = 'a' - '0' - 10;
  Nsec3Label label;
  for (size_t i = 0; i < hash.size() / 5; ++i) {
    const uint8_t* const p = &hash[5 * i];
    uint64_t x = uint64_t{wire::load32(p)} << 8 | p[4];
    x = (x & 0xFFFFF00000) << 12 | (x & 0xFFFFF);
    x = (x & 0x000FFC00000FFC00) << 6 | (x & 0x000003FF000003FF);
    x = (x & 0x03E003E003E003E0) << 3 | (x & 0x001F001F001F001F);
    const uint64_t letters = (x + kEach * (0x80 - 10)) >> 7 & kEach;  // from ten on
    wire::store_raw(&label[8 * i], __builtin_bswap64(x + kEach * '0' + letters * kToLetter));
  }
  return label;
}

}  // namespace ptrd::image
