// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>

#include "ptrd/image/image.hpp"
#include "ptrd/image/records.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;

uint32_t View::labelled_child(uint32_t parent, Bytes label) const {
  const auto all = labelled(at<Node>(parent));
  const auto named = [&](uint32_t line) { return Bytes(at<Node>(line).label, at<Node>(line).label_size); };
  const auto found = std::partition_point(all.begin(), all.end(), [&](uint32_t line) {
    const Bytes own = named(line);
    return std::lexicographical_compare(own.begin(), own.end(), label.begin(), label.end(),
                                        [](uint8_t x, uint8_t y) { return wire::lower(x) < wire::lower(y); });
  });
  return found != all.end() && wire::same_ignoring_case(named(*found), label) ? *found : 0;
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

View::AddressStep View::address_step(const Position& parent, Bytes label) const {
  constexpr AddressStep kOrdinary{.by_address = false, .at = std::nullopt};
  if (parent.kind == Position::Kind::leaf || parent.kind == Position::Kind::range) return kOrdinary;
  const bool path = parent.kind == Position::Kind::path;
  const Ref children = path ? parent.ref : at<Node>(parent.index).children;
  const auto up = static_cast<uint8_t>(parent.labels + 1);
  if (children.is_none()) return kOrdinary;
  if (children.is_octet_table()) {
    const auto octet = wire::octet_of_label(label);
    if (!octet) return kOrdinary;
    return {true, below(octet_child(children, *octet), up)};
  }
  const bool v4 = children.is(Ref::Kind::range) && (at<Range>(children.line()).flags & range_flag::v6) == 0;
  if (!(v4 ? wire::octet_of_label(label).has_value() : wire::nibble_of_label(label).has_value()))
    return kOrdinary;
  if (children.is(Ref::Kind::range)) return {true, below(children, up)};
  if (path) return {true, nibble_step(parent, label)};
  return {true, nibble_step({.kind = Position::Kind::path, .labels = parent.labels, .ref = children}, label)};
}

// An octet or nibble label below such a name is always in its table, any other label in the list and the
// index.
std::optional<Position> View::child(const Position& parent, Bytes label) const {
  if (const AddressStep step = address_step(parent, label); step.by_address) return step.at;
  if (parent.kind != Position::Kind::node) return std::nullopt;
  const uint32_t node = labelled_child(parent.index, label);
  if (node == 0) return std::nullopt;
  return Position{.labels = static_cast<uint8_t>(parent.labels + 1), .index = node};
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
