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
  constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuv";
  Nsec3Label label;
  for (size_t i = 0; i < label.size(); ++i) {
    // Five bits from bit 5 * i on; a digit is in one octet or two.
    const size_t bit = 5 * i;
    const unsigned second = bit / 8 + 1 < hash.size() ? hash[bit / 8 + 1] : 0U;
    const unsigned two = unsigned{hash[bit / 8]} << 8U | second;
    label[i] = static_cast<uint8_t>(kDigits[two >> (11 - bit % 8) & 31]);
  }
  return label;
}

}  // namespace ptrd::image
