// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>

#include "ptrd/image/image.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

/// An RRset of the image with its owner. `records` are in wire form, each with the owner 0xC00C; valid during
/// the call.
struct OwnedSet {
  const wire::Name& owner;
  uint16_t type;
  wire::Bytes records;
  bool by_rule = false;  // stored as a rule, although the zone has the record itself
};

/// A range that a zone declares: addresses that share the first `prefix_size` bits. Names inside it that are
/// also visited have their own records, or none; longer ranges inside it take precedence.
struct OwnedRange {
  wire::AddressKey key;  // whole address; zero after the prefix
  unsigned prefix_size;
  const Range& range;
};

struct Visitor {
  std::function<void(const OwnedSet&)> set;
  std::function<void(const OwnedRange&)> range = {};  // may be empty
};

/// Visits every RRset of a zone, its SOA first and a name before those below it, and its ranges, each once:
/// before the addresses in it and the ranges that it encloses. NSEC3 records are last, in the order of their
/// hashes. Records made by a rule that the zone did not declare are visited like any others.
void traverse(const View& view, const Zone& zone, const Visitor& visitor);
inline void traverse(const View& view, const Zone& zone, const std::function<void(const OwnedSet&)>& visit) {
  traverse(view, zone, Visitor{.set = visit});
}
/// The same for each zone, one after the other.
void traverse(const View& view, const Visitor& visitor);

}  // namespace ptrd::image
