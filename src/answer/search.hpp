// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "ptrd/image/image.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::answer {

/// The result of a walk from the root to a name (RFC 1034 4.3.2 steps 2 and 3).
struct Found {
  uint32_t zone = 0;        // Zone line of the deepest apex at or above the name; 0: not ours
  image::Position at;       // the name, or its closest encloser
  uint8_t labels_left = 0;  // labels of the name below `at`; 0: the name itself exists
  bool leaf_is_v6 = false;
  bool gave_up = false;    // the search reached its limit
  uint8_t cut_labels = 0;  // of `cut`, counted from the root
  uint8_t dname_labels = 0;
  uint32_t cut = 0;    // Node of the first cut below the apex at or above the name
  uint32_t dname = 0;  // Node of the first DNAME owner strictly above the name, if no cut is above it

  /// The suffix of `name` with `labels` labels.
  [[nodiscard]] static wire::Bytes suffix(wire::Bytes name, uint8_t labels);
};

/// The searches for one reply. DS at a cut or apex is answered by the parent side (RFC 4035 3.1.4.1), so the
/// type matters.
///
/// A step by one label may need a lookup in the label index, so such steps are counted, and a search that
/// reaches the bound gives up. The octets and nibbles of an address are cheap and are not counted.
class Search {
 public:
  /// Enough for any one name: the question's name may use so many, and all other names of a reply together as
  /// many again.
  static constexpr unsigned kMaxSteps = wire::kMaxLabels + 1;

  explicit Search(image::View view, unsigned steps = kMaxSteps) : view_(view), steps_(steps) {}

  /// Sets the number of steps that are left.
  void allow(unsigned steps) { steps_ = steps; }

  /// Walks down to `name`.
  [[nodiscard]] Found find(wire::Bytes name, uint16_t type);
  /// The same for one of many names that are mostly in one domain: the walk to that domain is done once. The
  /// bytes of the name must stay valid and unchanged.
  [[nodiscard]] Found find_in_domain(wire::Bytes name, uint16_t type);

 private:
  class AddressLabels;
  [[nodiscard]] static bool is_address(wire::Bytes name, AddressLabels& labels);
  [[nodiscard]] Found find_address(AddressLabels labels, uint16_t type);
  [[nodiscard]] Found top_of_ip6();
  template <typename Labels>
  [[nodiscard]] Found descend(Found found, Labels& labels, bool wants_ds);
  [[nodiscard]] bool step(Found& found, wire::Bytes label);

  image::View view_;
  unsigned steps_;      // that are left
  wire::Bytes domain_;  // of the last name
  Found domain_at_;     // the state of the search there, for a name below
  bool domain_exists_ = false;
  bool knows_ip6_ = false;
  Found ip6_;  // the state of the search at ip6.arpa, for a name below
};

/// One search.
[[nodiscard]] inline Found search(const image::View& view, wire::Bytes name, uint16_t type) {
  return Search(view).find(name, type);
}

}  // namespace ptrd::answer
