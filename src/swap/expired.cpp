// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/expired.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "ptrd/image/expiry.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/plural.hpp"
#include "ptrd/wire/time_text.hpp"
#include "swap/parallel.hpp"

namespace ptrd::swap {

std::string Expired::text() const {
  if (zones == 0) return {};
  return fmt::format(
      "signatures of {} have expired, first of {} on {}; validating resolvers refuse what they cover: sign "
      "again",
      wire::plural(zones, "zone"), first, wire::time_text(since));
}

Expired find_expired(const image::View& view, int64_t now) {
  constexpr size_t kPiece = 1024;  // zones: some ten microseconds
  const auto zones = view.zones();
  const image::Zone* first = nullptr;
  Expired found;
  run_with_rests((zones.size() + kPiece - 1) / kPiece, [&](size_t piece) {
    const size_t at = piece * kPiece;
    for (const image::Zone& zone : zones.subspan(at, std::min(kPiece, zones.size() - at))) {
      const auto end = image::expiry(zone, now);
      if (!end || *end >= now) continue;
      ++found.zones;
      if (first != nullptr && *end >= found.since) continue;
      first = &zone;
      found.since = *end;
    }
  });
  if (first != nullptr) found.first = view.apex(*first).to_text();
  return found;
}

}  // namespace ptrd::swap
