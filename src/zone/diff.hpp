// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

#include "ptrd/image/image.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::zone {

/// A record that only one of two images has.
struct Difference {
  enum class Side : uint8_t { removed, added };  // only in the first, only in the second
  const wire::Name& zone;                        // the apex
  Side side = Side::removed;
  const wire::Name& owner;
  uint16_t type;
  uint32_t ttl;
  wire::Bytes rdata;
};

/// How two images differ. A record of the first and one of the second with the same owner and type that
/// differ in data or TTL count as one changed record, not as removed and added.
struct DiffCounts {
  uint64_t zones_removed = 0;
  uint64_t zones_added = 0;
  uint64_t removed = 0;
  uint64_t added = 0;
  uint64_t changed = 0;
  [[nodiscard]] bool same() const { return zones_removed + zones_added + removed + added + changed == 0; }
};

/// The order in which `diff` visits names, that of image::traverse: canonical (RFC 4034 6.1) except that
/// octets of in-addr.arpa are ordered by number and before other labels, and nibbles of ip6.arpa before
/// others.
[[nodiscard]] std::weak_ordering compare_owners(const wire::Name& a, const wire::Name& b);

/// Calls `visit` for each record that only one image has: zone by zone, within a zone in the order of
/// `compare_owners`, removed records of an RRset before added ones. Keeps only a few thousand records in
/// memory, regardless of the size of the images.
[[nodiscard]] DiffCounts diff(const image::View& first, const image::View& second,
                              const std::function<void(const Difference&)>& visit);

}  // namespace ptrd::zone
