// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Names in in-addr.arpa: a Node with a table of octets behind it.
#include <algorithm>
#include <string>

#include "image/build/stored_sets.hpp"
#include "image/patch/declared_ranges.hpp"
#include "image/patch/editor.hpp"
#include "image/patch/name_sets.hpp"

namespace ptrd::image {

Ref Editor::declared_range(const At& at, unsigned octets) const {
  if (at.below_cut) return {};
  uint32_t address = 0;
  for (unsigned i = 0; i < octets; ++i) {
    const auto octet = wire::octet_of_label(label(i + 3));
    address |= uint32_t{octet.value_or(0)} << (24 - 8 * i);
  }
  const uint32_t range = declared_around(view_, address, 8 * octets, zone_);
  return range == 0 ? Ref() : Ref::line(Ref::Kind::range, range);
}

/// Below a Node by an octet. Returns the Node's line.
uint32_t Editor::below_octet(const At& above, uint8_t octet) {
  At at = above;
  constexpr uint8_t kEndsRange = node_flag::cut | node_flag::dname;
  const uint8_t flags = view_.at<Node>(at.line).flags;
  const bool apex = (flags & node_flag::apex) != 0;
  at.below_cut = (at.below_cut && !apex) || (flags & kEndsRange) != 0;
  const unsigned depth = at.depth + 1;
  const Place place{.tree = Place::Tree::in_addr, .units = static_cast<uint8_t>(at.place.units + 1)};
  const Ref table = view_.at<Node>(at.line).children;
  const Ref old = table.is_none() ? Ref() : view_.octet_child(table, octet);
  Ref made;
  if (old.is(Ref::Kind::node) || old.is_octet_table()) {
    made = at_node({.line = line_of(old), .depth = depth, .place = place, .below_cut = at.below_cut});
    if (made.is_none()) made = declared_range(at, place.units);
  } else if (place.units == 4 && depth == this->depth() && (sets_.empty() || is_leaf())) {
    if (old.is_leaf()) free_leaf(old);
    made = sets_.empty() ? declared_range(at, place.units) : make_leaf();
  } else {
    const std::string digits = std::to_string(octet);
    uint32_t child = make_node(bytes_of(digits), at.line, 1);
    if (place.units == 4) {
      // What the address itself has.
      wire::Name name;
      (void)name.assign(owner_.bytes().subspan(labels_.offset[labels_.count - depth]));
      if (old.is_leaf()) {
        store(child, read_leaf(view_, old.unit(), name));
        free_leaf(old);
      } else if (old.is(Ref::Kind::range)) {
        store(child, read_sets(view_, view_.at<Zone>(zone_), name).sets);
      }
    } else if (old.is(Ref::Kind::range)) {
      child = make_table(child, old);
    }
    made = at_node({.line = child, .depth = depth, .place = place, .below_cut = at.below_cut});
  }
  const uint32_t line = set_octet(at.line, octet, made);
  const bool is_node = made.is(Ref::Kind::node) || made.is_octet_table();
  if (is_node && view_.at<Node>(line_of(made)).parent != line) set_parent(line_of(made), line);
  return line;
}

/// Sets the Ref of an octet below a Node. Returns the Node's line: it moves when its table grows.
uint32_t Editor::set_octet(uint32_t line, uint8_t octet, Ref ref) {
  if (view_.at<Node>(line).children.is_none()) {
    if (ref.is_none()) return line;
    line = make_table(line, Ref());
  }
  const Ref table = view_.at<Node>(line).children;
  if (view_.octet_child(table, octet) == ref) return line;
  if (table.is(Ref::Kind::octets)) {
    lines_.edit_refs(table.line() + octet / 16)[octet % 16] = ref;
    return line;
  }
  const FewOctets old = view_.at<FewOctets>(table.line());
  const auto* const end = old.octet + old.count;
  const auto place = static_cast<unsigned>(std::lower_bound(old.octet, end, octet) - old.octet);
  const bool listed = place < old.count && old.octet[place] == octet;
  if (!listed && old.count == FewOctets::kMax) return set_octet(widen_table(line), octet, ref);
  auto& few = lines_.edit<FewOctets>(table.line());
  if (listed && ref == old.other()) {
    --few.count;
    std::copy(old.octet + place + 1, end, few.octet + place);
    std::copy(old.ref + place + 1, old.ref + old.count, few.ref + place);
    few.octet[few.count] = 0;
    few.ref[few.count] = Ref();
    return line;
  }
  if (!listed) {
    ++few.count;
    std::copy(old.octet + place, end, few.octet + place + 1);
    std::copy(old.ref + place, old.ref + old.count, few.ref + place + 1);
    few.octet[place] = octet;
  }
  few.ref[place] = ref;
  return line;
}

/// Gives a Node without a table one of few octets; all others have the Ref `other`.
uint32_t Editor::make_table(uint32_t line, Ref other) {
  const uint32_t to = lines_.take_lines(2);
  move_node(line, to);
  lines_.free_lines(line, 1);
  lines_.edit<FewOctets>(to + 1).ref[FewOctets::kMax] = other;
  lines_.edit<Node>(to).children = Ref::line(Ref::Kind::few_octets, to + 1);
  return to;
}

/// Replaces a table of few octets by one of all.
uint32_t Editor::widen_table(uint32_t line) {
  const uint32_t to = lines_.take_lines(1 + kOctetLines);
  const Ref old = view_.at<Node>(line).children;
  move_node(line, to);
  auto& table = *reinterpret_cast<OctetTable*>(lines_.edit_lines(to + 1, kOctetLines));
  for (unsigned octet = 0; octet < 256; ++octet)
    table.ref[octet] = view_.octet_child(old, static_cast<uint8_t>(octet));
  lines_.edit<Node>(to).children = Ref::line(Ref::Kind::octets, to + 1);
  lines_.free_lines(line, 2);
  return to;
}

/// Moves a Node; its table stays.
void Editor::move_node(uint32_t from, uint32_t to) {
  lines_.edit<Node>(to) = view_.at<Node>(from);
  set_parent_below(from, to);
  const auto& node = view_.at<Node>(to);
  if ((node.flags & node_flag::apex) != 0) lines_.edit<Zone>(node.zone).apex = to;
}

}  // namespace ptrd::image
