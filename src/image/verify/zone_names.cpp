// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/verify/zone_names.hpp"

#include <algorithm>

#include "image/parts.hpp"
#include "image/verify/fault.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

namespace {

/// Whether a walk from the root down `name` ends at the Node `apex`.
bool leads_to(const View& view, wire::Bytes name, uint32_t apex) {
  const wire::Labels labels(name);
  Position at = view.root();
  for (size_t i = labels.count; i-- > 0;) {
    const auto next = view.child(at, labels.label(name, i));
    if (!next) return false;
    at = *next;
  }
  return at.kind == Position::Kind::node && at.index == apex;
}

}  // namespace

void check_zone_names(const View& view, const Executor& run) {
  const Header& h = view.header();
  const std::span<const Zone> zones = view.zones();
  run_parts<const Zone>(zones, run, [&](size_t, std::span<const Zone> own) {
    for (const Zone& zone : own) {
      const auto line = h.zones + static_cast<uint32_t>(&zone - zones.data());
      const wire::Bytes name = view.zone_name(zone);
      expect(std::all_of(name.begin(), name.end(), [](uint8_t c) { return wire::lower(c) == c; }),
             "the case of a zone's name", line);
      expect(leads_to(view, name, zone.apex), "a zone's name", line);
    }
  });
}

}  // namespace ptrd::image
