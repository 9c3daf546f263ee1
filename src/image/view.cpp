// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>

#include "ptrd/image/image.hpp"

namespace ptrd::image {

using wire::Bytes;

uint32_t hash_label(uint32_t parent, Bytes label) {
  constexpr uint32_t kPrime = 0x01000193;
  uint32_t h = (parent ^ static_cast<uint32_t>(label.size())) * kPrime;
  for (const uint8_t c : label) h = (h ^ wire::lower(c)) * kPrime;
  h ^= h >> 15;
  h *= 0x2C1B3C6DU;
  return h ^ h >> 13;
}

uint32_t View::labelled_child(uint32_t parent, Bytes label) const {
  const uint32_t hash = hash_label(at<Node>(parent).hash, label);
  const uint32_t mask = header().index_lines - 1;
  for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
    for (const auto& slot : at<IndexLine>(header().index + i).slot) {
      if (slot.node == 0) return 0;
      if (slot.hash != hash) continue;
      const auto& node = at<Node>(slot.node);
      if (node.parent == parent && wire::same_ignoring_case({node.label, node.label_size}, label))
        return slot.node;
    }
  }
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
    default:
      return std::nullopt;
  }
}

std::optional<Position> View::nibble_step(Ref ref, Bytes label, uint8_t labels) const {
  const auto nibble = wire::nibble_of_label(label);
  if (!nibble) return std::nullopt;
  const unsigned depth = labels - 2U;  // nibbles consumed before this one: all labels but `arpa` and `ip6`
  const auto nibble_of = [](const uint8_t* key, unsigned i) {
    return i % 2 == 0 ? key[i / 2] >> 4 : key[i / 2] & 15;
  };
  const auto up = static_cast<uint8_t>(labels + 1);
  const Position on_the_way{.kind = Position::Kind::path, .labels = up, .ref = ref};
  if (ref.is_leaf()) {
    const auto* leaf = reinterpret_cast<const Leaf6*>(unit(ref.unit()));
    if (nibble_of(leaf->key, depth) != *nibble) return std::nullopt;
    return depth + 1 == 32 ? below(ref, up) : on_the_way;
  }
  const auto& branch = at<Nibbles>(ref.line());
  if (depth < branch.depth) {
    if (nibble_of(branch.key, depth) != *nibble) return std::nullopt;
    return on_the_way;
  }
  const Ref child = nibble_child(ref.line(), *nibble);
  if (child.is_none()) return std::nullopt;
  const bool whole = child.kind() == Ref::Kind::node || (child.is_leaf() && depth + 1 == 32);
  if (whole) return below(child, up);
  return Position{.kind = Position::Kind::path, .labels = up, .ref = child};
}

std::optional<Position> View::child(const Position& parent, Bytes label) const {
  if (parent.kind == Position::Kind::leaf) return std::nullopt;
  if (parent.kind == Position::Kind::path) return nibble_step(parent.ref, label, parent.labels);
  const Ref children = at<Node>(parent.index).children;
  const auto up = static_cast<uint8_t>(parent.labels + 1);
  // An octet or nibble label below such a name is always in its table, every other label in the index.
  if (children.kind() == Ref::Kind::octets || children.kind() == Ref::Kind::few_octets) {
    if (const auto octet = wire::octet_of_label(label)) return below(octet_child(children, *octet), up);
  } else if (!children.is_none() && wire::nibble_of_label(label)) {
    return nibble_step(children, label, parent.labels);
  }
  const uint32_t node = labelled_child(parent.index, label);
  if (node == 0) return std::nullopt;
  return Position{.labels = up, .index = node};
}

const Rrset* View::next(const Rrset* set) {
  const size_t units = 1 + (set->size + kUnitSize - 1) / kUnitSize;
  return set + units;
}

const Rrset* View::find_rrset(const Node& node, uint16_t type) const {
  if (node.rrset_count == 0) return nullptr;
  const Rrset* set = first_rrset(node);
  for (unsigned i = 0; i < node.rrset_count; ++i, set = next(set)) {
    if (set->type == type) return set;
  }
  return nullptr;
}

}  // namespace ptrd::image
