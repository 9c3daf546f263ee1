// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "ptrd/image/image.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::answer {

/// What the walk from the root to a name met (RFC 1034 4.3.2 steps 2 and 3).
struct Found {
  uint32_t zone = 0;        // Zone line of the deepest apex at or above the name; 0: not ours
  image::Position at;       // the name, or its closest encloser
  uint8_t labels_left = 0;  // of the name below `at`; 0: the name itself exists
  bool leaf_is_v6 = false;
  uint32_t cut = 0;        // Node of the first cut below the apex, that the name is at or below
  uint8_t cut_labels = 0;  // its labels, counted from the root
  uint32_t dname = 0;      // Node of the first DNAME owner strictly above the name, when no cut is above that
  uint8_t dname_labels = 0;

  /// The end of `name` that has so many labels.
  [[nodiscard]] static wire::Bytes suffix(wire::Bytes name, uint8_t labels);
};

/// Walks down to `name`. DS at a cut or apex is the parent's side to answer (RFC 4035 3.1.4.1), so `type`
/// matters.
[[nodiscard]] Found search(const image::View& view, wire::Bytes name, uint16_t type);
/// The same, for addresses, for the name `label` right below the one that `parent` was found for.
[[nodiscard]] Found search_child(const image::View& view, const Found& parent, wire::Bytes label);

}  // namespace ptrd::answer
