// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>

#include "ptrd/image/image.hpp"
#include "ptrd/image/label_hash.hpp"
#include "ptrd/image/records.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;

uint32_t View::labelled_child(uint32_t parent, Bytes label) const {
  const Header& h = header();
  const uint32_t hash = hash_label(h.index_key, parent, label);
  const uint32_t mask = h.index_lines - 1;
  for (uint32_t probe = 0; probe < h.index_probes; ++probe) {
    for (const auto& slot : at<IndexLine>(h.index + ((hash + probe) & mask)).slot) {
      if (slot.node == 0) return 0;
      if (slot.hash != hash) continue;
      const auto& node = at<Node>(slot.node);
      if (node.parent == parent && wire::same_ignoring_case({node.label, node.label_size}, label))
        return slot.node;
    }
  }
  return 0;
}

std::optional<Position> View::below(Ref ref, uint8_t labels) const {
  switch (ref.kind()) {
    case Ref::Kind::node:
      return Position{.labels = labels, .index = ref.line()};
    case Ref::Kind::octets:
    case Ref::Kind::few_octets:
      return Position{.labels = labels, .index = ref.line() - 1};
    case Ref::Kind::leaf:
      return Position{.kind = Position::Kind::leaf, .labels = labels, .index = ref.unit()};
    case Ref::Kind::range: {
      const bool v6 = (at<Range>(ref.line()).flags & range_flag::v6) != 0;
      if (labels == (v6 ? wire::kIp6Labels : wire::kInAddrLabels))
        return Position{.kind = Position::Kind::range, .labels = labels, .index = ref.line()};
      return Position{.kind = Position::Kind::path, .labels = labels, .ref = ref};
    }
    default:
      return std::nullopt;
  }
}

/// One label down from a path.
std::optional<Position> View::nibble_step(const Position& from, Bytes label) const {
  const auto nibble = wire::nibble_of_label(label);
  if (!nibble) return std::nullopt;
  Ref ref = from.ref;
  uint32_t cover = from.index;
  const unsigned depth = from.labels - 2U;  // nibbles consumed before: all labels except `arpa` and `ip6`
  const auto nibble_of = [](const uint8_t* key, unsigned i) {
    return i % 2 == 0 ? key[i / 2] >> 4 : key[i / 2] & 15;
  };
  const auto up = static_cast<uint8_t>(from.labels + 1);
  bool there = true;
  if (ref.is_leaf()) {
    const auto* leaf = reinterpret_cast<const Leaf6*>(unit(ref.unit()));
    there = nibble_of(leaf->key, depth) == *nibble;
    if (there && depth + 1 == 32) return below(ref, up);
  } else {
    const auto& branch = this->branch(ref);
    const bool pairs = ref.is(Ref::Kind::pairs);
    cover = branch.range;
    if (depth < branch.depth) {
      there = nibble_of(branch.key, depth) == *nibble;
    } else if (pairs && depth == branch.depth) {
      there = (branch.present >> *nibble & 1) != 0;
    } else {
      ref = pairs ? pair_child(ref, static_cast<uint8_t>(from.first << 4 | *nibble))
                  : nibble_child(ref.line(), *nibble);
      there = !ref.is_none();
      if (ref.is(Ref::Kind::node) || ref.is(Ref::Kind::range) || (ref.is_leaf() && depth + 1 == 32))
        return below(ref, up);
    }
  }
  if (!there) {
    if (cover == 0) return std::nullopt;
    return below(Ref::line(Ref::Kind::range, cover), up);
  }
  return Position{.kind = Position::Kind::path, .labels = up, .first = *nibble, .index = cover, .ref = ref};
}

std::optional<Position> View::child(const Position& parent, Bytes label) const {
  if (parent.kind == Position::Kind::leaf || parent.kind == Position::Kind::range) return std::nullopt;
  const Ref children = parent.kind == Position::Kind::path ? parent.ref : at<Node>(parent.index).children;
  const auto up = static_cast<uint8_t>(parent.labels + 1);
  // An octet or nibble label below such a name is always in its table, any other label in the index.
  if (children.is_octet_table()) {
    if (const auto octet = wire::octet_of_label(label)) return below(octet_child(children, *octet), up);
  } else if (children.is(Ref::Kind::range)) {
    const bool v6 = (at<Range>(children.line()).flags & range_flag::v6) != 0;
    if (v6 ? wire::nibble_of_label(label).has_value() : wire::octet_of_label(label).has_value())
      return below(children, up);
  } else if (!children.is_none() && wire::nibble_of_label(label)) {
    if (parent.kind == Position::Kind::path) return nibble_step(parent, label);
    return nibble_step({.kind = Position::Kind::path, .labels = parent.labels, .ref = children}, label);
  }
  if (parent.kind == Position::Kind::path) return std::nullopt;
  const uint32_t node = labelled_child(parent.index, label);
  if (node == 0) return std::nullopt;
  return Position{.labels = up, .index = node};
}

const Zone* View::find_zone(const wire::Name& apex) const {
  const wire::Labels labels(apex.bytes());
  Position at = root();
  for (size_t i = labels.count; i-- > 0;) {
    const auto next = child(at, labels.label(apex.bytes(), i));
    if (!next) return nullptr;
    at = *next;
  }
  if (at.kind != Position::Kind::node) return nullptr;
  const auto& node = this->at<Node>(at.index);
  return (node.flags & node_flag::apex) != 0 ? &this->at<Zone>(node.zone) : nullptr;
}

const Rrset* View::next(const Rrset* set) {
  const size_t units = 1 + (set->size + kUnitSize - 1) / kUnitSize;
  return set + units;
}

const Rrset* View::find_rrset(const Node& node, uint16_t type) const {
  unsigned left = node.rrset_count;
  const Rrset* set = first_rrset(node);
  constexpr auto kSoa = static_cast<uint16_t>(wire::Type::soa);
  // Only the SOA is out of the order by type (`rrset_place`): the first.
  if (left > 0 && set->type == kSoa && type != kSoa) {
    set = next(set);
    --left;
  }
  for (; left > 0; --left, set = next(set)) {
    if (set->type >= type) return set->type == type ? set : nullptr;
  }
  return nullptr;
}

Signatures View::signatures(const Node& node, uint16_t type) const {
  const Rrset* set = find_rrset(node, static_cast<uint16_t>(wire::Type::rrsig));
  return set == nullptr ? Signatures() : signatures(*set, type);
}

Signatures View::signatures(const Rrset& rrsigs, uint16_t type) {
  Signatures found;
  Bytes rest = records(rrsigs);
  const auto covered = [&] { return wire::load16(&rest[kRecordHead]); };
  const auto size = [&] { return kRecordHead + wire::load16(&rest[kRecordHead - 2]); };
  while (!rest.empty() && covered() < type) rest = rest.subspan(size());
  const uint8_t* const first = rest.data();
  for (; !rest.empty() && covered() == type; ++found.count) rest = rest.subspan(size());
  found.records = {first, static_cast<size_t>(rest.data() - first)};
  return found;
}

}  // namespace ptrd::image
