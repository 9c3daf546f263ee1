// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>

namespace ptrd::image {
class View;
}

namespace ptrd::swap {

/// The signed zones of an image of which a signature has expired.
struct Expired {
  uint64_t zones = 0;
  std::string first;  // the zone of the signature that expired first; empty: none has
  int64_t since = 0;  // when that was, in seconds since 1970

  /// "signatures of 2 zones have expired, first of A on 2026-11-29T12:00:00Z; ..."; empty: none has.
  [[nodiscard]] std::string text() const;
};

/// Those that have expired at `now`, seconds since 1970. With rests (run_with_rests).
[[nodiscard]] Expired find_expired(const image::View& view, int64_t now);

}  // namespace ptrd::swap
