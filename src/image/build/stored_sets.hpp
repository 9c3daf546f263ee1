// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// RRsets in the form in which an image stores them (see Rrset, Zone::negative_soa).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "image/build/tree.hpp"
#include "ptrd/image/format.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::image {

/// The bytes of a text.
inline wire::Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

/// Units that hold so many bytes.
[[nodiscard]] constexpr size_t units_for(size_t bytes) {
  return (bytes + kUnitSize - 1) / kUnitSize;
}

/// A set's records: the size in bytes, and writing to `out`.
[[nodiscard]] size_t wire_size(const TreeSet& set);
void store_records(uint8_t* out, const TreeSet& set);
/// The same of consecutive Rrsets, whose size is a multiple of a unit. Throws std::length_error: a set is too
/// large to be stored.
[[nodiscard]] size_t stored_size(const std::vector<TreeSet>& sets);
void store_sets(uint8_t* out, const std::vector<TreeSet>& sets);

/// The SOA record of a zone's negative answers (RFC 2308 3).
class NegativeSoa {
 public:
  /// `soa`: its data, well formed; `ttl`: of the SOA record.
  NegativeSoa(const std::string& soa, uint32_t ttl);
  /// RFC 2308 5: no more than the minimum.
  [[nodiscard]] uint32_t ttl() const { return set_.ttl; }
  /// Bytes.
  [[nodiscard]] size_t size() const { return wire_size(set_); }
  void store(uint8_t* out) const { store_records(out, set_); }
  /// Sets what a Zone says of it, except where it is stored.
  void describe(Zone& zone) const;

 private:
  TreeSet set_;
  uint32_t serial_;
  uint16_t pointer_;
  uint16_t target_;
};

}  // namespace ptrd::image
