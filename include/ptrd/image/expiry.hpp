// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// When the signatures of a zone end. Times are seconds since 1970; `now` comes from the caller.
#pragma once

#include <cstdint>
#include <optional>

#include "ptrd/image/format.hpp"

namespace ptrd::image {

/// A time of a signature, which is modulo 2^32: the one within 68 years of `now` (RFC 4034 3.1.5).
[[nodiscard]] constexpr int64_t signature_time(uint32_t time, int64_t now) {
  return now + static_cast<int32_t>(time - static_cast<uint32_t>(now));
}

/// When the first signature of a zone expires, or has expired; empty: it is not signed.
[[nodiscard]] constexpr std::optional<int64_t> expiry(const Zone& zone, int64_t now) {
  if (zone.denial == Denial::none) return std::nullopt;
  return signature_time(zone.expires, now);
}

}  // namespace ptrd::image
