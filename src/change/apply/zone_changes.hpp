// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "change/changeset.hpp"
#include "image/patch/patcher.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::change {

/// A changeset as it was carried out.
struct ZoneChanged {
  uint64_t added = 0;  // records, the SOA not counted
  uint64_t removed = 0;
  uint32_t serial = 0;   // of the zone from now on
  std::string resolved;  // the changeset with the SOA record that it brought, or that its rule made
};

/// Makes a zone's changes in the image of `patcher`, which `view` shows. The serial moves on: by the
/// changeset's SOA record, or by its rule. Error: one line.
[[nodiscard]] tl::expected<ZoneChanged, std::string> apply_changeset(const image::View& view,
                                                                     image::Patcher& patcher,
                                                                     const Changeset& changes);
/// The same of a request: Lines::keep or undo has to follow.
struct BatchChanged {
  struct Zone {
    wire::Name apex;
    uint32_t serial = 0;
  };
  std::vector<Zone> zones;  // with their new serials, in the order of the changesets
  uint64_t added = 0;       // records
  uint64_t removed = 0;
  std::string resolved;  // all changesets
};
[[nodiscard]] tl::expected<BatchChanged, std::string> apply_batch(const image::View& view,
                                                                  image::Patcher& patcher,
                                                                  std::span<const Changeset> batch);

}  // namespace ptrd::change
