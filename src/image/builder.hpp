// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "image/tree.hpp"
#include "ptrd/image/format.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

/// Bytes that live as long as the builder, given out one after the other.
class Arena {
 public:
  /// A copy of `head` and `tail`, side by side. At most a chunk (16 MiB) in all.
  uint64_t put(wire::Bytes head, wire::Bytes tail);
  [[nodiscard]] const uint8_t* at(uint64_t where) const {
    return chunks_[where / kChunk].get() + where % kChunk;
  }

 private:
  static constexpr size_t kChunk = 1U << 24;
  std::vector<std::unique_ptr<uint8_t[]>> chunks_;
  size_t used_ = kChunk;
};

/// A PTR record at a whole address: its data in the arena is the TTL (host order), the size of the target and
/// the target.
template <typename Address>
struct PlainRecord {
  Address address;
  ZoneId zone;
  uint64_t data;
};
using Plain4 = PlainRecord<uint32_t>;                 // host order: sorts as the address
using Plain6 = PlainRecord<std::array<uint8_t, 16>>;  // network order

struct ZoneInput {
  wire::Name apex;
  std::string soa{};  // its data, wire
  uint32_t soa_ttl = 0;
  uint64_t records = 0;
  bool encloses_another = false;
};

/// Collects the records of any number of zones and lays them out as an image. Records of one zone that a
/// deeper zone among them hides are left out, as an authoritative server does; what cannot be served at all
/// is an error of `build`.
class Builder {
 public:
  /// Error: the zone is there already.
  [[nodiscard]] tl::expected<ZoneId, std::string> add_zone(const wire::Name& apex);
  /// `owner` must be at or below the zone's apex, `rdata` well formed for `type`, names in it uncompressed.
  /// Class IN.
  void add(ZoneId zone, wire::Bytes owner, uint16_t type, uint32_t ttl, wire::Bytes rdata);
  /// The same where the caller has scanned the owner of a PTR record; what `scanned` is for other types does
  /// not matter.
  void add(ZoneId zone, wire::Bytes owner, uint16_t type, uint32_t ttl, wire::Bytes rdata,
           const wire::QuestionName& scanned);
  /// The image. Ends the builder. Error: a zone without SOA, or more than the format holds.
  [[nodiscard]] tl::expected<std::vector<Line>, std::string> build();

 private:
  void addresses_in_tree(std::vector<uint32_t>& out);
  void addresses_in_tree(std::vector<std::array<uint8_t, 16>>& out);
  template <typename Plain>
  void settle_plain(std::vector<Plain>& records);
  void into_tree(const wire::Name& owner, ZoneId zone, uint64_t data);
  [[nodiscard]] ZoneId deepest_zone(const wire::Name& owner);
  void mark_nested();

  Tree tree_;
  std::vector<ZoneInput> zones_ = std::vector<ZoneInput>(1);  // number 0 is "no zone"
  Arena arena_;
  std::vector<Plain4> plain4_;
  std::vector<Plain6> plain6_;
};

/// Writes `lines` to a temporary file beside `path`, syncs it and renames it over `path`. Error: one
/// sentence; then `path` is as it was and the temporary file is gone.
[[nodiscard]] tl::expected<void, std::string> write_file(const std::string& path,
                                                         const std::vector<Line>& lines);

}  // namespace ptrd::image
