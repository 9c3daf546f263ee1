// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/patch/editor.hpp"

#include <algorithm>
#include <cstring>

#include "image/build/signing.hpp"
#include "image/build/stored_sets.hpp"
#include "image/patch/declared_ranges.hpp"
#include "image/patch/name_sets.hpp"
#include "ptrd/image/range.hpp"
#include "ptrd/image/signed_leaf.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;
using wire::code;
using wire::Type;

namespace {

constexpr uint8_t kEndsWalk = node_flag::cut | node_flag::dname;

size_t node_lines(const Node& node) {
  return offsetof(Node, label) + node.label_size > kLineSize ? 2 : 1;
}

bool is_label(Bytes label, std::string_view text) {
  return std::equal(label.begin(), label.end(), text.begin(), text.end());
}

}  // namespace

void Editor::put(const wire::Name& owner, uint32_t zone, std::vector<TreeSet> sets) {
  owner_ = owner;
  labels_ = wire::Labels(owner_.bytes());
  zone_ = zone;
  sets_ = std::move(sets);
  key_ = {};
  key_count_ = 0;
  const bool ip6 = depth() >= 2 && is_label(label(1), "arpa") && is_label(label(2), "ip6");
  for (; ip6 && key_count_ < 32 && key_count_ + 2 < depth(); ++key_count_) {
    const auto nibble = wire::nibble_of_label(label(key_count_ + 3));
    if (!nibble) break;
    uint8_t& octet = key_[key_count_ / 2];
    octet = static_cast<uint8_t>(octet | (key_count_ % 2 == 0 ? *nibble << 4 : *nibble));
  }
  index_is_full_ = false;
  (void)at_node({.line = view_.header().root, .depth = 0, .place = {}});
  if (index_is_full_) rebuild_index();
  update_shortcuts();
}

uint32_t Editor::line_of(Ref ref) {
  return ref.is_octet_table() ? ref.line() - 1 : ref.line();
}

Ref Editor::ref_of(uint32_t line, const Place& place) const {
  const auto& node = view_.at<Node>(line);
  const bool table = place.tree == Place::Tree::in_addr && !node.children.is_none();
  return table && (node.flags & kEndsWalk) == 0 ? node.children : Ref::line(Ref::Kind::node, line);
}

bool Editor::is_empty(uint32_t line, const Place& place) const {
  const auto& node = view_.at<Node>(line);
  if (node.rrset_count > 0 || node.labelled != 0 || (node.flags & node_flag::apex) != 0) return false;
  if (node.children.is_none()) return true;
  if (place.tree != Place::Tree::in_addr) return false;
  for (unsigned octet = 0; octet < 256; ++octet) {
    if (!view_.octet_child(node.children, static_cast<uint8_t>(octet)).is_none()) return false;
  }
  return true;
}

/// A Node and what is below it on the way to the name, or the name itself.
Ref Editor::at_node(const At& at) {
  uint32_t line = at.line;
  const Place& place = at.place;
  if (at.depth == depth()) {
    const auto& node = view_.at<Node>(line);
    const bool deeper = (node.flags & node_flag::apex) != 0 && node.zone != zone_;
    if (deeper)
      set_upper(line);
    else
      set_sets(at);
  } else {
    const Bytes next = label(at.depth + 1);
    const auto octet = place.takes_octets() ? wire::octet_of_label(next) : std::nullopt;
    if (octet) {
      line = below_octet(at, *octet);
    } else if (place.takes_nibbles() && wire::nibble_of_label(next)) {
      above_ = line;
      const Ref children = nibbles(view_.at<Node>(line).children, place.units, 0);
      lines_.edit<Node>(line).children = children;
    } else {
      below_label(at);
    }
  }
  if (at.depth == 0) return ref_of(line, place);
  const Node node = view_.at<Node>(line);
  const bool path = place.tree == Place::Tree::ip6 && place.units > 0 && node.rrset_count == 0 &&
                    node.labelled == 0 && (node.flags & node_flag::apex) == 0;
  if (!path && !is_empty(line, place)) return ref_of(line, place);
  // Of an IPv6 name that only has others below it, these are all there is.
  const Ref below = path ? node.children : Ref();
  free_node(line, place);
  set_parent_in(below, node.parent);
  return below.is(Ref::Kind::range) && below.line() == at.cover ? Ref() : below;
}

void Editor::below_label(const At& at) {
  const unsigned depth = at.depth + 1;
  const Bytes next = label(depth);
  Place place;
  if (at.depth == 0 && is_label(next, "arpa")) place.tree = Place::Tree::arpa;
  if (at.place.tree == Place::Tree::arpa && is_label(next, "in-addr")) place.tree = Place::Tree::in_addr;
  if (at.place.tree == Place::Tree::arpa && is_label(next, "ip6")) place.tree = Place::Tree::ip6;
  uint32_t child = view_.labelled_child(at.line, next);
  if (child == 0) {
    if (sets_.empty()) return;
    child = make_node(next, at.line, 1);
    link(at.line, child, depth);
  }
  const Ref ref = at_node({.line = child, .depth = depth, .place = place});
  if (ref.is_none())
    unlink(at.line, child, depth);
  else if (line_of(ref) != child)
    relink(at.line, child, line_of(ref), depth);
}

/// A Node without records in the zone of its parent. `lines`: at least what the label takes.
uint32_t Editor::make_node(Bytes label, uint32_t parent, size_t lines) {
  const bool two = offsetof(Node, label) + label.size() > kLineSize;
  const uint32_t line = lines_.take_lines(two ? 2 : lines);
  auto& node = lines_.edit<Node>(line);
  node.parent = parent;
  node.zone = view_.at<Node>(parent).zone;
  node.label_size = static_cast<uint8_t>(label.size());
  std::copy(label.begin(), label.end(), lines_.edit_lines(line, two ? 2 : 1) + offsetof(Node, label));
  return line;
}

void Editor::free_node(uint32_t line, const Place& place) {
  const Node node = view_.at<Node>(line);
  free_sets(node);
  if (place.tree == Place::Tree::in_addr && !node.children.is_none())
    lines_.free_lines(line, node.children.is(Ref::Kind::octets) ? 1 + kOctetLines : 2);
  else
    lines_.free_lines(line, node_lines(node));
}

void Editor::free_sets(const Node& node) {
  if (node.rrset_count == 0) return;
  const Rrset* const first = view_.first_rrset(node);
  const Rrset* set = first;
  for (unsigned i = 0; i < node.rrset_count; ++i) set = View::next(set);
  lines_.free_bytes(node.rrsets, static_cast<size_t>(set - first) * sizeof(Rrset));
}

uint32_t Editor::put_sets(const std::vector<TreeSet>& sets) {
  if (sets.empty()) return 0;
  std::vector<uint8_t> bytes(stored_size(sets));
  store_sets(bytes.data(), sets);
  return lines_.put(bytes);
}

void Editor::store(uint32_t line, const std::vector<TreeSet>& sets) {
  free_sets(view_.at<Node>(line));
  const uint32_t unit = put_sets(sets);
  auto& node = lines_.edit<Node>(line);
  node.rrsets = unit;
  node.rrset_count = static_cast<uint16_t>(sets.size());
}

void Editor::set_sets(const At& at) {
  store(at.line, sets_);
  auto& node = lines_.edit<Node>(at.line);
  const bool apex = (node.flags & node_flag::apex) != 0;
  unsigned flags = node.flags & (node_flag::apex | node_flag::wildcard);
  if (!apex && find_set(sets_, Type::ns) != nullptr) flags |= node_flag::cut;
  if (find_set(sets_, Type::dname) != nullptr) flags |= node_flag::dname;
  if (find_set(sets_, Type::cname) != nullptr) flags |= node_flag::cname;
  // A cut and a DNAME end ranges.
  if (((flags ^ node.flags) & kEndsWalk) != 0) expect_no_range(at.place);
  node.flags = static_cast<uint8_t>(flags);
  if (apex) update_zone(node);
}

void Editor::expect_no_range(const Place& place) const {
  bool any = false;
  if (place.tree == Place::Tree::in_addr) {
    const auto key = wire::key_of_name(owner_);
    any = key && is_declared_at(view_, wire::load32(key->address.data()), 8U * key->units);
  } else if (place.tree == Place::Tree::ip6) {
    const Header& header = view_.header();
    for (uint32_t line = header.ranges; line < header.ranges + header.range_lines;) {
      const auto& range = view_.at<Range>(line);
      const unsigned bits = std::min<unsigned>(range.prefix_size, 4 * key_count_);
      any = any || ((range.flags & range_flag::v6) != 0 && has_prefix(key_, range.key, bits));
      line +=
          static_cast<uint32_t>((offsetof(Range, program) + range.program_size + kLineSize - 1) / kLineSize);
    }
  }
  if (any) throw NeedsCompile("a delegation or DNAME that begins or ends where the zone declares a range");
}

/// What the zone says at the apex of a deeper one.
void Editor::set_upper(uint32_t line) {
  uint32_t upper = view_.at<Node>(line).upper;
  if (sets_.empty()) {
    if (upper == 0) return;
    free_node(upper, {});
    lines_.edit<Node>(line).upper = 0;
    return;
  }
  if (upper == 0) {
    upper = make_node(label(depth()), view_.at<Node>(line).parent, 1);
    lines_.edit<Node>(upper).zone = zone_;
    lines_.edit<Node>(line).upper = upper;
  }
  store(upper, sets_);
}

void Editor::update_zone(const Node& node) {
  const Zone old = view_.at<Zone>(node.zone);
  const TreeSet& set = *find_set(sets_, Type::soa);
  const NegativeSoa soa(set.rdatas.front(), set.ttl);
  std::vector<uint8_t> bytes(soa.size());
  soa.store(bytes.data());
  lines_.free_bytes(old.negative_soa, old.negative_soa_size);
  const uint32_t negative = lines_.put(bytes);
  const TreeSet* const rrsigs = find_set(sets_, Type::rrsig);
  TreeSet over_soa;
  if (rrsigs != nullptr) over_soa = rrsigs->covering([](uint16_t type) { return type == code(Type::soa); });
  const bool is_signed = !over_soa.rdatas.empty() && find_set(sets_, Type::dnskey) != nullptr;
  const bool by_nsec = find_set(sets_, Type::nsec) != nullptr;
  if (is_signed != (old.denial != Denial::none) || (is_signed && !by_nsec))
    throw NeedsCompile("a zone that becomes signed, or is no longer");
  uint32_t signatures = 0;
  if (is_signed) {
    const auto* const before = reinterpret_cast<const Rrset*>(view_.unit(old.negative_signatures));
    lines_.free_bytes(old.negative_signatures, sizeof(Rrset) + before->size);
    over_soa.ttls.assign(over_soa.rdatas.size(), soa.ttl());
    signatures = put_sets({over_soa});
  }
  auto& zone = lines_.edit<Zone>(node.zone);
  soa.describe(zone);
  zone.negative_soa = negative;
  zone.negative_signatures = signatures;
}

/// The Refs by which walks enter the address trees: as far as no cut or DNAME is above.
void Editor::update_shortcuts() {
  const auto child = [&](uint32_t line, std::string_view label) {
    if (line == 0 || (view_.at<Node>(line).flags & kEndsWalk) != 0) return uint32_t{0};
    return view_.labelled_child(line, bytes_of(label));
  };
  const uint32_t arpa = child(view_.header().root, "arpa");
  const auto children = [&](std::string_view label) {
    const uint32_t line = child(arpa, label);
    if (line == 0 || (view_.at<Node>(line).flags & kEndsWalk) != 0) return Ref();
    return view_.at<Node>(line).children;
  };
  const Ref v4 = children("in-addr");
  const Ref v6 = children("ip6");
  if (view_.header().v4 == v4 && view_.header().v6 == v6) return;
  Header& header = lines_.edit_header();
  header.v4 = v4;
  header.v6 = v6;
}

void Editor::set_parent(uint32_t node, uint32_t to) {
  auto& changed = lines_.edit<Node>(node);
  changed.parent = to;
  if (changed.upper != 0) lines_.edit<Node>(changed.upper).parent = to;
}

void Editor::set_parent_below(uint32_t line, uint32_t to) {
  const Node node = view_.at<Node>(line);
  set_parent_in(node.children, to);
  for (const uint32_t child : view_.labelled(node)) set_parent(child, to);
}

void Editor::set_parent_in(Ref ref, uint32_t to) {
  const auto visit = [&](Ref child) {
    if (child.is(Ref::Kind::node) || child.is_octet_table())
      set_parent(line_of(child), to);
    else if (child.is_branch())
      set_parent_in(child, to);
  };
  if (ref.is_octet_table()) {
    for (unsigned octet = 0; octet < 256; ++octet) visit(view_.octet_child(ref, static_cast<uint8_t>(octet)));
  } else if (ref.is(Ref::Kind::pairs)) {
    for (unsigned octet = 0; octet < 256; ++octet) visit(view_.pair_child(ref, static_cast<uint8_t>(octet)));
  } else if (ref.is(Ref::Kind::nibbles)) {
    for (unsigned nibble = 0; nibble < 16; ++nibble) visit(view_.nibble_child(ref.line(), nibble));
  }
}

// Leaves

/// Whether the sets are those of a leaf, at a whole address. Without a tail for it, it has to be a Node.
bool Editor::is_leaf() {
  split_.reset();
  const bool plain = sets_.size() == 1 && sets_[0].type == code(Type::ptr) && sets_[0].rdatas.size() == 1 &&
                     view_.at<Zone>(zone_).denial == Denial::none;
  if (plain) split_ = tails_.split(lines_, sets_[0].ttl, bytes_of(sets_[0].rdatas[0]));
  return split_.has_value();
}

Ref Editor::make_leaf() {
  const Bytes target = bytes_of(sets_[0].rdatas[0]);
  const TailIndex::Split split = *split_;
  std::array<uint8_t, sizeof(Leaf6) + wire::kMaxName> bytes{};
  const uint32_t tail_and_size = split.tail << 8 | static_cast<uint32_t>(split.head_size);
  std::memcpy(bytes.data(), &tail_and_size, sizeof tail_and_size);
  size_t size = sizeof tail_and_size;
  if (key_count_ == 32) {
    std::copy(key_.begin(), key_.end(), bytes.begin() + offsetof(Leaf6, key));
    size = sizeof(Leaf6);
  }
  std::copy_n(target.begin(), split.head_size, bytes.begin() + static_cast<ptrdiff_t>(size));
  return Ref::leaf(lines_.put(Bytes(bytes).first(size + split.head_size)));
}

void Editor::free_leaf(Ref leaf) {
  const uint8_t* const at = view_.unit(leaf.unit());
  const auto& fixed = *reinterpret_cast<const Leaf4*>(at);
  size_t size = (key_count_ == 32 ? sizeof(Leaf6) : sizeof(Leaf4)) + fixed.head_size();
  const uint32_t number = view_.tail(fixed.tail()).signing_number();
  if (number != 0) {
    const LeafSigning& signing = view_.signing(number);
    const size_t part = sizeof(SignedPart) + signing.signature_size;
    size += part;
    if (signing.has_nsec != 0) {
      size += part;
      size += sizeof(NextName) + at[size + offsetof(NextName, size)];
    }
  }
  lines_.free_bytes(leaf.unit(), size);
}

}  // namespace ptrd::image
