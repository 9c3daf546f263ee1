// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/proof/canonical_children.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "answer/proof/octet_order.hpp"

namespace ptrd::answer {

using image::Node;
using image::Position;
using image::Ref;
using image::View;
using wire::Bytes;

namespace {

using Bound = std::optional<Bytes>;

/// Whether the label `a`, which is lower case, is before `b`, ignoring the case of that.
bool is_before(Bytes a, Bytes b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](uint8_t x, uint8_t y) { return wire::lower(x) < wire::lower(y); });
}

constexpr const OctetOrder& kOrder = kOctetOrder;
constexpr uint8_t kNibbles[] = "0123456789abcdef";

/// The number of octets whose labels are before `bound`.
unsigned octets_before(const Bound& bound) {
  if (!bound) return OctetOrder::kOctets;
  if (const auto octet = wire::octet_of_label(*bound)) return kOrder.place[*octet];
  return static_cast<unsigned>(
      std::partition_point(kOrder.octet.begin(), kOrder.octet.end(),
                           [&](uint8_t octet) { return is_before(kOrder.label(octet), *bound); }) -
      kOrder.octet.begin());
}

/// The nibbles below `depth` nibbles of an address, of which `ref` is the next step: a bit each.
unsigned nibbles_below(const View& view, Ref ref, unsigned depth, uint8_t first) {
  const auto nibble_of = [&](const uint8_t* key) {
    return 1U << (depth % 2 == 0 ? key[depth / 2] >> 4 : key[depth / 2] & 15);
  };
  if (ref.is_leaf()) return nibble_of(reinterpret_cast<const image::Leaf6*>(view.unit(ref.unit()))->key);
  if (!ref.is_branch()) return 0;
  const auto& branch = view.branch(ref);
  if (depth < branch.depth) return nibble_of(branch.key);
  if (depth == branch.depth) return branch.present;
  unsigned found = 0;
  for (unsigned nibble = 0; nibble < 16; ++nibble) {
    const auto octet = static_cast<uint8_t>(unsigned{first} << 4 | nibble);
    found |= view.pair_child(ref, octet).is_none() ? 0U : 1U << nibble;
  }
  return found;
}

std::optional<uint8_t> nibble_before(const View& view, const Position& parent, Ref ref, const Bound& bound) {
  constexpr unsigned kTop = 2;  // labels above the first nibble
  unsigned below = nibbles_below(view, ref, parent.labels - kTop, parent.first);
  for (unsigned nibble = 0; bound && nibble < 16; ++nibble) {
    if (is_before({&kNibbles[nibble], 1}, *bound)) continue;
    below &= (1U << nibble) - 1;
    break;
  }
  if (below == 0) return std::nullopt;
  return static_cast<uint8_t>(std::bit_width(below) - 1);
}

/// The last part of an address.
Bytes address_before(const View& view, const Position& parent, Ref children, const Bound& bound,
                     unsigned most, unsigned& passed) {
  if (children.is_octet_table()) {
    const unsigned end = octets_before(bound);
    const bool few = children.is(Ref::Kind::few_octets);
    if (!few && end > most) {
      passed += end;
      return {};
    }
    const int octet = last_octet(view, children, end);
    if (!few) passed += octet < 0 ? end : end - kOrder.place[static_cast<uint8_t>(octet)];
    return octet >= 0 ? kOrder.label(static_cast<uint8_t>(octet)) : Bytes();
  }
  const auto nibble = nibble_before(view, parent, children, bound);
  return nibble ? Bytes(&kNibbles[*nibble], 1) : Bytes();
}

}  // namespace

uint32_t labelled_before(const View& view, const Node& parent, const Bound& bound) {
  const auto all = view.labelled(parent);
  if (!bound) return all.empty() ? 0 : all.back();
  const auto end = std::partition_point(all.begin(), all.end(), [&](uint32_t line) {
    const auto& node = view.at<Node>(line);
    return is_before({node.label, node.label_size}, *bound);
  });
  return end == all.begin() ? 0 : *(end - 1);
}

std::optional<Child> child_before(const View& view, const Position& parent, const Bound& bound, unsigned most,
                                  unsigned& passed) {
  if (parent.kind == Position::Kind::leaf || parent.kind == Position::Kind::range) return std::nullopt;
  const Node* node = parent.kind == Position::Kind::node ? &view.at<Node>(parent.index) : nullptr;
  const Ref children = node == nullptr ? parent.ref : node->children;
  const Bytes address =
      children.is_none() ? Bytes() : address_before(view, parent, children, bound, most, passed);
  if (const uint32_t line = node == nullptr ? 0 : labelled_before(view, *node, bound); line != 0) {
    const auto& labelled = view.at<Node>(line);
    const Bytes label(labelled.label, labelled.label_size);
    if (address.empty() || is_before(address, label))
      return Child{{.labels = static_cast<uint8_t>(parent.labels + 1), .index = line}, label};
  }
  if (address.empty()) return std::nullopt;
  const auto at = view.child(parent, address);
  return at ? std::optional<Child>({*at, address}) : std::nullopt;
}

}  // namespace ptrd::answer
