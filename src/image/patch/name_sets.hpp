// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "image/build/tree.hpp"
#include "image/patch/patcher.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

/// Where a name is for a zone of the image.
enum class Authority : uint8_t {
  own,     // the zone's
  upper,   // the apex of a deeper zone, of which it keeps DS and NSEC (Node::upper)
  hidden,  // below that: what the zone says there is nowhere in the image
};

/// The RRsets that a zone has at a name.
struct NameSets {
  Authority authority = Authority::own;
  std::vector<TreeSet> sets;
};

/// Reads them. `owner`: lower case, at or below the apex.
[[nodiscard]] NameSets read_sets(const View& view, const Zone& zone, const wire::Name& owner);
/// The sets of a Node.
[[nodiscard]] std::vector<TreeSet> read_node(const View& view, const Node& node);
/// The one of a leaf with a PTR record, and what is signed there. `owner` as above.
[[nodiscard]] std::vector<TreeSet> read_leaf(const View& view, uint32_t unit, const wire::Name& owner);

/// Carries out changes of these sets, in their order and a time linear in all records. `at_apex`: SOA and NS
/// are not removed with the name (RFC 2136 3.4.2.3). Throws std::length_error: a set would be too large.
void change_sets(std::vector<TreeSet>& sets, std::span<const RecordChange* const> changes, bool at_apex);
/// Why a name cannot have these sets: a sentence without the name; empty: it can.
[[nodiscard]] std::string fault_of(const std::vector<TreeSet>& sets, bool at_apex);

[[nodiscard]] const TreeSet* find_set(const std::vector<TreeSet>& sets, wire::Type type);
/// How many records, the SOA not counted, are only in one of them.
[[nodiscard]] Patched compare_sets(const std::vector<TreeSet>& before, const std::vector<TreeSet>& after);

}  // namespace ptrd::image
