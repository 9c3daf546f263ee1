// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/verify/tree.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "image/verify/index.hpp"
#include "ptrd/image/name_hash.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;

void TreeCheck::start() {
  check_header();
  check_zones();
  common_.ranges.check(view_, [&](uint32_t number) { return common_.data.tail_size(number); });
  common_.ranges.check_declared(view_);
  defers_ = true;
  check_node(header().root, {.hash = root_hash(header().index_key)}, {}, header().root);
  expect(header().v4 == v4_ && header().v6 == v6_, "the shortcuts to the address trees", 0);
}

std::vector<TreeStep> TreeCheck::widen(const std::vector<TreeStep>& steps) {
  for (const TreeStep& step : steps) check_step(step);
  return take_steps();
}

void TreeCheck::finish(std::span<const TreeStep> steps) {
  defers_ = false;
  for (const TreeStep& step : steps) check_step(step);
}

void TreeCheck::claim(uint64_t line, uint64_t count, const char* what) {
  expect(view_.has(line, count), what, line);
  const uint64_t first_taken = common_.claims.claim(line, count);
  expect(first_taken == line + count, "a line referenced twice", first_taken);
}

void TreeCheck::check_header() {
  const Header& h = header();
  expect(h.root >= kHeaderLines, "the root", 0);
  claim(h.zones, h.zone_count, "the zones");
  claim(h.index, h.index_lines, "the label index");
  expect(std::has_single_bit(h.index_lines), "the size of the label index", 0);
  check_probes(h);
  claim(h.tails, h.tail_lines, "the tails");
  common_.data.use_tails();
  claim(h.signings, h.signing_lines, "what signatures have in common");
  claim(h.ranges, h.range_lines, "the ranges");
  claim(h.declared, declared_lines(h.declared_count), "the declared ranges");
}

void TreeCheck::check_zones() {
  const uint64_t end = uint64_t{header().zones} + header().zone_count;
  for (uint64_t line = header().zones; line < end; ++line)
    common_.data.check_zone(view_.at<Zone>(line, "the zones"), line);
}

void TreeCheck::check_zone_of(const Node& node, uint32_t line, const Place& up) {
  if ((node.flags & node_flag::apex) != 0) {
    const uint32_t first = header().zones;
    expect(node.zone >= first && node.zone - first < header().zone_count, "an apex's zone", line);
    const auto& zone = view_.at<Zone>(node.zone, "an apex's zone");
    expect(zone.apex == line, "a zone's apex", line);  // its name: check_zone_names
    expect(zone.label_count == up.labels, "a zone's labels", line);
    ++apexes_;
  } else {
    expect(node.zone == up.zone, "a name's zone", line);
  }
}

Ref TreeCheck::check_node(uint32_t line, Place place, Bytes label, uint32_t parent) {
  const auto& node = view_.at<Node>(line, "a name's line");
  check_record_sets(node, line, label, parent);
  check_zone_of(node, line, place);
  if (node.upper != 0) check_upper(node, line, place, label);
  place.node = line;
  place.zone = node.zone;
  place.open = place.open && (node.flags & (node_flag::cut | node_flag::dname)) == 0;
  if (!node.children.is_none()) check_children(node, line, place);
  check_labelled(node, line, place);
  return node.children;
}

SeenTypes TreeCheck::check_record_sets(const Node& node, uint32_t line, Bytes label, uint32_t parent) {
  const Bytes own = label_of(node, line);
  expect(std::equal(label.begin(), label.end(), own.begin(), own.end()), "a label", line);
  claim(line, offsetof(Node, label) + label.size() > kLineSize ? 2 : 1, "a name's line");
  expect(node.parent == parent, "a name's place", line);
  return common_.data.check_sets(node, line);
}

void TreeCheck::check_upper(const Node& node, uint32_t line, const Place& place, Bytes label) {
  constexpr const char* kWhat = "what a zone says at another one's apex";
  expect((node.flags & node_flag::apex) != 0 && place.zone != 0, kWhat, line);
  const auto& upper = view_.at<Node>(node.upper, kWhat);
  const SeenTypes seen = check_record_sets(upper, node.upper, label, node.parent);
  expect(upper.zone == place.zone && upper.flags == 0 && upper.rrset_count > 0, kWhat, node.upper);
  expect(upper.children.is_none() && upper.labelled == 0 && upper.upper == 0, kWhat, node.upper);
  expect(!seen.other, kWhat, node.upper);
}

void TreeCheck::check_children(const Node& node, uint32_t line, const Place& place) {
  const Ref ref = node.children;
  if (place.tree == Place::Tree::in_addr && place.units < 4) {
    expect((ref.kind() == Ref::Kind::octets || ref.kind() == Ref::Kind::few_octets) && ref.line() - 1 == line,
           "a table of octets", line);
    check_octets(ref, place);
  } else {
    expect(place.tree == Place::Tree::ip6 && place.units < 32, "children that are not part of an address",
           line);
    check_nibbles(ref, place, false);
  }
  if (place.units == 0 && place.open) (place.tree == Place::Tree::in_addr ? v4_ : v6_) = ref;
}

Place TreeCheck::step(const Place& up, size_t label_size, uint64_t hash) {
  Place place = up;
  ++place.labels;
  place.name_size += label_size + 1;
  place.hash = hash;
  return place;
}

Bytes TreeCheck::label_of(const Node& node, uint64_t line) const {
  return view_.bytes_in(line, offsetof(Node, label), node.label_size, "a label");
}

void TreeCheck::check_labelled(const Node& node, uint32_t line, const Place& place) {
  bool wildcard = false;
  Bytes last;
  for (const uint32_t child : common_.data.check_list(node.labelled)) {
    const auto& below = view_.at<Node>(child, "a name's line");
    const Bytes label = label_of(below, child);
    expect(!label.empty() && label.size() <= wire::kMaxLabel, "a label's size", child);
    expect(std::all_of(label.begin(), label.end(), [](uint8_t c) { return wire::lower(c) == c; }),
           "a label's case", child);
    expect(std::lexicographical_compare(last.begin(), last.end(), label.begin(), label.end()),
           "the order of labels", child);
    last = label;
    expect(!stands_in_table(node, place, label), "a label that belongs in a table", child);
    // The length is in front of the label.
    Place next = step(place, label.size(), hash_below(header().index_key, place.hash, label.data() - 1));
    expect(next.name_size <= wire::kMaxName, "a name's size", child);
    const bool below_arpa = place.labels == 1 && same(label_of(node, line), "arpa");
    if (place.labels >= 2) next.tree = Place::Tree::other;
    if (below_arpa && same(label, "in-addr")) next.tree = Place::Tree::in_addr;
    if (below_arpa && same(label, "ip6")) next.tree = Place::Tree::ip6;
    wildcard = wildcard || same(label, "*");
    expect(leads_to(view_, next.hash, child), "a name missing from the label index", child);
    ++indexed_;
    check_node(child, next, label, line);
  }
  expect(((node.flags & node_flag::wildcard) != 0) == wildcard, "the wildcard flag", line);
}

bool TreeCheck::same(Bytes label, std::string_view text) {
  return label.size() == text.size() && std::memcmp(label.data(), text.data(), text.size()) == 0;
}

bool TreeCheck::stands_in_table(const Node& node, const Place& place, Bytes label) {
  if (node.children.is_none()) return false;
  return place.tree == Place::Tree::in_addr ? wire::octet_of_label(label).has_value()
                                            : wire::nibble_of_label(label).has_value();
}

void TreeCheck::check_step(const TreeStep& step) {
  if (step.place.tree == Place::Tree::in_addr) {
    check_below_octet(step.ref, step.unit, step.place, step.line);
  } else {
    check_below_nibble(step.ref, step.unit, step.place);
  }
}

}  // namespace ptrd::image
