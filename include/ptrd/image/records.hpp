// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::image {

/// Bytes in front of a stored record's data: the owner 0xC00C, type, class, TTL, length of the data.
inline constexpr size_t kRecordHead = 12;

/// Calls `take(ttl, rdata)` for each of the records that follow one another as an image stores them,
/// verified.
template <typename Take>
void each_record(wire::Bytes records, Take take) {
  while (!records.empty()) {
    const size_t size = wire::load16(&records[kRecordHead - 2]);
    take(wire::load32(&records[6]), records.subspan(kRecordHead, size));
    records = records.subspan(kRecordHead + size);
  }
}

}  // namespace ptrd::image
