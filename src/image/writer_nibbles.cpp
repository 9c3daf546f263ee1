// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <array>
#include <bit>
#include <tuple>

#include "image/writer.hpp"

namespace ptrd::image {

void Writer::gather6(TreeNode& node, std::array<uint8_t, 16> key, uint8_t depth, std::vector<Entry6>& out) {
  bool own_line = !node.sets.empty();
  for (auto& [label, child] : node.children) {
    const int nibble = depth < 32 ? nibble_label(label) : -1;
    if (nibble < 0) {
      own_line = true;
      continue;
    }
    auto below = key;
    below[depth / 2] = static_cast<uint8_t>(below[depth / 2] | (depth % 2 == 0 ? nibble << 4 : nibble));
    gather6(*child, below, static_cast<uint8_t>(depth + 1), out);
  }
  if (own_line && depth > 0) out.push_back({key, depth, &node, nullptr});
}

/// All that has a place in the ip6.arpa tree. Where several stand at one name, a tree node comes first, then
/// a leaf, then a range.
std::vector<Writer::Entry6> Writer::entries6() {
  std::vector<Entry6> entries;
  entries.reserve(plain6_.size() + ranges6_.size());
  for (const Plain6& plain : plain6_) entries.push_back({.key = plain.address, .depth = 32, .plain = &plain});
  for (const RangeEntry& range : ranges6_)
    entries.push_back({.key = range.address, .depth = range.units, .range = {range_line(range), range.zone}});
  gather6(*ip6_, {}, 0, entries);
  const auto order = [](const Entry6& entry) {
    return std::tuple(entry.key, entry.depth, entry.range.line != 0);
  };
  std::sort(entries.begin(), entries.end(),
            [&](const Entry6& a, const Entry6& b) { return order(a) < order(b); });
  // A range of one address that has something of its own.
  const auto end = std::unique(entries.begin(), entries.end(), [](const Entry6& a, const Entry6& b) {
    return a.depth == 32 && b.depth == 32 && a.key == b.key;
  });
  entries.erase(end, entries.end());
  return entries;
}

/// What lies below a name of `depth` nibbles.
Ref Writer::write_nibbles(Range6 range, unsigned depth, const Above& above, Cover cover) {
  if (!range.empty() && range.front().depth == depth && range.front().range.line != 0) {
    cover = range.front().range;
    range = range.subspan(1);
  }
  if (range.empty()) return cover.ref();
  // In a range even a single leaf needs a branch, which says what lies beside it.
  if (range.size() == 1 && range.front().plain != nullptr && cover.line == 0)
    return write_leaf(*range.front().plain);
  return write_branch(range, above, cover);
}

Ref Writer::write_branch(Range6 range, const Above& above, Cover cover) {
  const Entry6& first = range.front();
  const Entry6& last = range.back();
  // All share the nibbles that the first and the last in order share. The first ends earliest where one is
  // above another.
  unsigned depth = 0;
  while (depth < first.depth - 1U && depth < last.depth && first.nibble(depth) == last.nibble(depth)) ++depth;

  unsigned present = 0;
  for (const Entry6& entry : range) present |= 1U << entry.nibble(depth);
  const auto count = static_cast<unsigned>(std::popcount(present));
  const bool wide = count > Nibbles::kMost;
  const uint32_t line = alloc_lines(wide ? 2 : 1);
  nibble_lines_ += wide ? 2 : 1;
  {
    auto& branch = at<Nibbles>(line);
    branch.depth = static_cast<uint8_t>(depth);
    branch.count = static_cast<uint8_t>(count);
    branch.present = static_cast<uint16_t>(present);
    branch.range = cover.line;
    for (unsigned i = 0; i < depth; ++i) {
      branch.key[i / 2] =
          static_cast<uint8_t>(branch.key[i / 2] | (i % 2 == 0 ? first.nibble(i) << 4 : first.nibble(i)));
    }
  }
  size_t from = 0;
  for (unsigned slot = 0; slot < count; ++slot) {
    const unsigned nibble = range[from].nibble(depth);
    size_t to = from + 1;
    while (to < range.size() && range[to].nibble(depth) == nibble) ++to;
    const Ref ref = write_nibble(range.subspan(from, to - from), depth + 1, above, cover);
    (wide ? at<NibbleLine>(line + 1).ref[nibble] : at<Nibbles>(line).ref[slot]) = ref;
    from = to;
  }
  return Ref::line(Ref::Kind::nibbles, line);
}

/// A name of `depth` nibbles and all below it.
Ref Writer::write_nibble(Range6 range, unsigned depth, const Above& above, Cover cover) {
  const Entry6& head = range.front();
  if (head.depth != depth || head.range.line != 0) return write_nibbles(range, depth, above, cover);
  if (head.plain != nullptr) return write_leaf(*head.plain);
  Above parent = above;
  parent.hash = at<Node>(ip6_->line).hash;
  for (unsigned i = 0; i + 1 < depth; ++i) {
    const auto digit = static_cast<uint8_t>("0123456789abcdef"[head.nibble(i)]);
    parent.hash = hash_label(parent.hash, {&digit, 1});
  }
  const uint32_t node = alloc_lines(1);
  fill_node(node, head.node, head.node->label, parent);
  if (depth < 32) {
    const Ref children = write_nibbles(range.subspan(1), depth, below(node), cover.below(head.node));
    at<Node>(node).children = children;
  }
  write_labelled_children(*head.node, node, false, depth < 32);
  return Ref::line(Ref::Kind::node, node);
}

}  // namespace ptrd::image
