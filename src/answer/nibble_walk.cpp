// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/nibble_walk.hpp"

#include <algorithm>

namespace ptrd::answer {

using image::Position;
using image::Ref;

namespace {

/// Labels above an address's first nibble, from the root: `arpa`, `ip6`.
constexpr unsigned kTop = 2;
constexpr unsigned kWhole = 32;

/// A name in a range: all of the key's nibbles match.
Position in_range(const NibbleKey& key, uint32_t range) {
  const auto labels = static_cast<uint8_t>(kTop + key.count);
  if (key.count == kWhole) return {.kind = Position::Kind::range, .labels = labels, .index = range};
  return {.kind = Position::Kind::path, .labels = labels, .ref = Ref::line(Ref::Kind::range, range)};
}

}  // namespace

Position walk_nibbles(const image::View& view, const Position& from, const NibbleKey& key, unsigned& passed) {
  Ref ref = view.at<image::Node>(from.index).children;
  if (ref.is(Ref::Kind::range)) return in_range(key, ref.line());
  uint32_t cover = 0;  // the Range that encloses the last branch
  const auto path = [&](unsigned depth) {
    return Position{.kind = Position::Kind::path,
                    .labels = static_cast<uint8_t>(kTop + depth),
                    .first = key.nibble(depth - 1),
                    .index = cover,
                    .ref = ref};
  };
  // A key that leaves the tree belongs to the enclosing range; without a range the name above is the last
  // that exists.
  const auto beside = [&](unsigned depth) {
    if (cover != 0) return in_range(key, cover);
    return kTop + depth == from.labels ? from : path(depth);
  };
  for (unsigned above = from.labels - kTop;; ++passed) {  // nibbles
    if (ref.is_leaf()) {
      const auto& leaf = *reinterpret_cast<const image::Leaf6*>(view.unit(ref.unit()));
      const unsigned common = common_nibbles(key.octets.data(), leaf.key);
      if (common < key.count) return beside(common);
      if (key.count < kWhole) return path(key.count);
      return {.kind = Position::Kind::leaf, .labels = kTop + kWhole, .index = ref.unit()};
    }
    const image::Nibbles& branch = view.branch(ref);
    unsigned depth = std::min<unsigned>(branch.depth, key.count);
    cover = branch.range;
    if (depth > above) {
      const unsigned common = common_nibbles(key.octets.data(), branch.key);
      if (common < depth) return beside(common);
    }
    if (depth == key.count) return path(depth);
    Ref next;
    if (ref.is(Ref::Kind::pairs)) {
      if ((branch.present >> key.nibble(depth) & 1) == 0) return beside(depth);
      if (++depth == key.count) return path(depth);
      next = view.pair_child(ref, key.octets[depth / 2]);
    } else {
      next = image::View::nibble_child(branch, key.nibble(depth));
    }
    if (next.is_none()) return beside(depth);
    above = ++depth;
    ref = next;
    if (ref.is(Ref::Kind::node)) return {.labels = static_cast<uint8_t>(kTop + depth), .index = ref.line()};
    if (ref.is(Ref::Kind::range)) return in_range(key, ref.line());
    if (depth == key.count && depth < kWhole) return path(depth);
  }
}

}  // namespace ptrd::answer
