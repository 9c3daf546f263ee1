// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "answer/ask/address_names.hpp"
#include "map/prefix.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/image/traverse.hpp"

namespace ptrd::map {

/// Kinds of addresses, the least specific first.
enum class Kind : uint8_t { outside, empty, delegated, from_template, unique, count };
inline constexpr std::array<std::string_view, static_cast<size_t>(Kind::count)> kKindNames = {
    "not in a zone", "in a zone, no name", "delegated", "name from a template", "individual name"};

/// What an RRset implies: the addresses of `prefix` are of this kind.
struct Claim {
  Kind kind = Kind::outside;
  Prefix prefix;
};

/// The only place that distinguishes kinds. An alias of an address (RFC 2317) says what is at its end, which
/// `names` finds: a name, or that another server has it. Empty: the RRset does not concern IPv4 addresses.
[[nodiscard]] std::optional<Claim> classify(const image::OwnedSet& set, const wire::Name& apex,
                                            answer::AddressNames& names);

/// Counts the addresses of an image by kind, in cells of equal size.
class Survey {
 public:
  /// Cells are the prefixes of length `detail` in `area`; `detail` is between its length and 32, at most 2^24
  /// cells.
  Survey(const image::View& view, Prefix area, unsigned detail);

  [[nodiscard]] const Prefix& area() const { return area_; }
  [[nodiscard]] unsigned detail() const { return detail_; }
  [[nodiscard]] size_t cells() const { return cells_.size(); }
  /// Addresses in one cell.
  [[nodiscard]] uint64_t cell_size() const { return uint64_t{1} << (32 - detail_); }

  /// Addresses of one cell, by kind; at most `cell_size`.
  struct Cell {
    uint32_t named = 0;  // with an individual name
    uint32_t from_template = 0;
    uint32_t delegated = 0;
    uint32_t in_zone = 0;  // including those with names
    /// In a zone, without a name.
    [[nodiscard]] uint32_t empty() const { return in_zone - std::min(in_zone, named + from_template); }
  };
  [[nodiscard]] const Cell& cell(size_t i) const { return cells_[i]; }
  /// Apexes, cuts and addresses with an alias to another server's name, in the area, the larger first.
  [[nodiscard]] const std::vector<Claim>& blocks() const { return blocks_; }
  /// Addresses of a kind.
  [[nodiscard]] uint64_t total(Kind kind) const;

 private:
  void take(const Claim& claim);
  [[nodiscard]] const Prefix* range_around(const Prefix& prefix) const;
  void leave_range(const wire::Name& owner);
  void take_ground(Kind kind, Cell& cell, uint32_t addresses) const;

  Prefix area_;
  unsigned detail_;
  std::vector<Cell> cells_;
  std::vector<Claim> blocks_;
  // During the traversal of the image: declared ranges by their first address, not nested, and the address
  // last removed from one.
  std::map<uint32_t, Prefix> ranges_;
  std::optional<uint32_t> left_;
};

}  // namespace ptrd::map
