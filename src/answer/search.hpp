// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "answer/budget.hpp"
#include "answer/hashed_name.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::answer {

/// The result of a walk from the root to a name (RFC 1034 4.3.2 steps 2 and 3).
struct Found {
  uint32_t zone = 0;        // Zone line of the deepest apex at or above the name; 0: not ours
  image::Position at;       // the name, or its closest encloser
  uint8_t labels_left = 0;  // labels of the name below `at`; 0: the name itself exists
  bool leaf_is_v6 = false;
  bool gave_up = false;    // the budget was spent
  uint8_t cut_labels = 0;  // of `cut`, counted from the root
  uint8_t dname_labels = 0;
  uint32_t cut = 0;    // Node of the first cut below the apex at or above the name
  uint32_t dname = 0;  // Node of the first DNAME owner strictly above the name, if no cut is above it

  /// Labels of the name that was searched for, without the root.
  [[nodiscard]] unsigned labels() const { return unsigned{at.labels} + labels_left; }
  /// The suffix with `count` labels of `name`, the one that was searched for.
  [[nodiscard]] wire::Bytes suffix(wire::Bytes name, uint8_t count) const;
};

/// The searches for one reply. DS at a cut or apex is answered by the parent side (RFC 4035 3.1.4.1), so the
/// type matters.
///
/// Ordinary labels are not walked one by one. The label index has all names that begin with one, also those
/// that only have names below; so the last name that exists is found by halves, and those above are compared
/// on the way up. Each label is hashed once and compared at most twice.
///
/// A search takes steps of the budget: one for each ordinary label that is hashed and for each branch above
/// IPv6 addresses, some for the name itself and its size. When that is spent, it gives up.
class Search {
 public:
  /// `budget` must outlive it.
  Search(image::View view, Budget& budget) : view_(view), budget_(budget) {}

  /// Walks down to `name`.
  [[nodiscard]] Found find(wire::Bytes name, uint16_t type);
  /// The same for one of many names that are mostly in one domain: the walk to that domain is done once. The
  /// bytes of the name must stay valid and unchanged.
  [[nodiscard]] Found find_in_domain(wire::Bytes name, uint16_t type);

 private:
  class NameLabels;
  class AddressLabels;
  [[nodiscard]] HashedName& hashed(wire::Bytes name);
  [[nodiscard]] Found find_address(wire::Bytes name, const std::array<uint64_t, 2>& address, uint16_t type);
  [[nodiscard]] Found find_above(wire::Bytes name);
  void enter(wire::Bytes domain);
  void step_by_index(Found& found, wire::Bytes label, bool wants_ds);
  template <typename Labels>
  [[nodiscard]] Found descend(Found found, Labels& labels, bool wants_ds);
  [[nodiscard]] bool descend_by_index(Found& found, HashedName& name, bool wants_ds);
  [[nodiscard]] bool climb(uint32_t node, unsigned labels, Found& found, const HashedName& name,
                           bool wants_ds) const;
  image::View view_;
  Budget& budget_;
  HashedName name_;           // the last one that was searched for by its labels
  wire::Bytes domain_;        // of the last name
  Found domain_at_;           // the state of the search there, for a name below
  uint64_t domain_hash_ = 0;  // if names with ordinary labels are below it
  bool domain_exists_ = false;
  bool knows_ip6_ = false;
  Found ip6_;  // the state of the search at ip6.arpa, for the address of a name below
};

/// One search, without a bound other than that on names.
[[nodiscard]] inline Found search(const image::View& view, wire::Bytes name, uint16_t type) {
  Budget endless(Transport::tcp, 0);
  return Search(view, endless).find(name, type);
}

}  // namespace ptrd::answer
