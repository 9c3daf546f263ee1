// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <array>
#include <bit>
#include <tuple>

#include "image/build/writer.hpp"

namespace ptrd::image {

void Writer::gather6(TreeNode& node, std::array<uint8_t, 16> key, uint8_t depth, std::vector<Entry6>& out) {
  bool own_line = !node.sets.empty();
  for (auto& [label, child] : node.children) {
    const auto nibble = depth < 32 ? wire::nibble_of_label(bytes_of(label)) : std::nullopt;
    if (!nibble) {
      own_line = true;
      continue;
    }
    auto below = key;
    below[depth / 2] = static_cast<uint8_t>(below[depth / 2] | (depth % 2 == 0 ? *nibble << 4 : *nibble));
    gather6(*child, below, static_cast<uint8_t>(depth + 1), out);
  }
  if (own_line && depth > 0) out.push_back({key, depth, &node, nullptr});
}

/// Everything in the ip6.arpa tree. If several entries have the same name, the order is tree node, leaf,
/// range.
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
  // A range of one address that has its own records.
  const auto end = std::unique(entries.begin(), entries.end(), [](const Entry6& a, const Entry6& b) {
    return a.depth == 32 && b.depth == 32 && a.key == b.key;
  });
  entries.erase(end, entries.end());
  return entries;
}

/// Writes what is below a name of `depth` nibbles.
Ref Writer::write_nibbles(Range6 range, unsigned depth, const Above& above, Cover cover) {
  if (!range.empty() && range.front().depth == depth && range.front().range.line != 0) {
    cover = range.front().range;
    range = range.subspan(1);
  }
  if (range.empty()) return cover.ref();
  if (is_bare_leaf(range, cover)) return write_leaf(*range.front().plain);
  return write_branch(range, above, cover);
}

/// The number of nibbles shared by all entries below a branch, which is its depth. The shortest key is first
/// if entries are nested.
unsigned Writer::shared_nibbles(Range6 range) {
  const Entry6& first = range.front();
  const Entry6& last = range.back();
  unsigned depth = 0;
  while (depth < first.depth - 1U && depth < last.depth && first.nibble(depth) == last.nibble(depth)) ++depth;
  return depth;
}

/// The leading entries that agree in `depth` nibbles and the given bits of their octet.
Writer::Range6 Writer::alike(Range6 range, unsigned depth, unsigned mask) {
  const auto bits = [&](const Entry6& entry) { return entry.key[depth / 2] & mask; };
  size_t count = 1;
  while (count < range.size() && bits(range[count]) == bits(range.front())) ++count;
  return range.first(count);
}

uint16_t Writer::present_at(Range6 range, unsigned depth) {
  unsigned present = 0;
  for (const Entry6& entry : range) present |= 1U << entry.nibble(depth);
  return static_cast<uint16_t>(present);
}

namespace {

constexpr unsigned mask_of(unsigned depth) {
  return depth % 2 == 0 ? 0xF0 : 0x0F;
}
constexpr uint32_t lines_of(uint16_t present) {
  return std::popcount(present) > static_cast<int>(Nibbles::kMax) ? 2 : 1;
}

}  // namespace

/// Whether a branch should consume two nibbles: if that takes no more lines, and nothing ends in between.
bool Writer::takes_pairs(Range6 range, unsigned depth, const Cover& cover) {
  if (depth % 2 != 0) return false;
  uint32_t lines = lines_of(present_at(range, depth));
  while (!range.empty()) {
    const Range6 below = alike(range, depth, mask_of(depth));
    range = range.subspan(below.size());
    if (below.front().depth == depth + 1) return false;
    const bool leaf = is_bare_leaf(below, cover);
    if (!leaf && shared_nibbles(below) == depth + 1) lines += lines_of(present_at(below, depth + 1));
  }
  return lines >= 1 + kPairLines;
}

/// Whether there is exactly one leaf. In a range even that needs a branch, which refers to the surrounding
/// range.
bool Writer::is_bare_leaf(Range6 range, const Cover& cover) {
  return range.size() == 1 && range.front().plain != nullptr && cover.line == 0;
}

Ref Writer::write_branch(Range6 range, const Above& above, Cover cover) {
  const unsigned depth = shared_nibbles(range);
  const uint16_t present = present_at(range, depth);
  const bool pairs = takes_pairs(range, depth, cover);
  const bool wide = !pairs && lines_of(present) > 1;
  const uint32_t line = pairs ? alloc_pairs() : wide ? alloc_lines(2) : alloc_line();
  nibble_lines_ += pairs ? 1 + kPairLines : lines_of(present);
  {
    auto& branch = at<Nibbles>(line);
    branch.depth = static_cast<uint8_t>(depth);
    branch.count = static_cast<uint8_t>(std::popcount(present));
    branch.present = present;
    branch.range = cover.line;
    std::copy_n(range.front().key.begin(), depth / 2, branch.key);
    if (depth % 2 != 0) branch.key[depth / 2] = range.front().key[depth / 2] & 0xF0;
  }
  const unsigned mask = pairs ? 0xFF : mask_of(depth);
  for (size_t slot = 0; !range.empty(); ++slot) {
    const Range6 child = alike(range, depth, mask);
    const Ref ref = write_nibble(child, depth + (pairs ? 2 : 1), above, cover);
    if (pairs) {
      at<PairTable>(line + 1).ref[child.front().key[depth / 2]] = ref;
    } else if (wide) {
      at<NibbleLine>(line + 1).ref[child.front().nibble(depth)] = ref;
    } else {
      at<Nibbles>(line).ref[slot] = ref;
    }
    range = range.subspan(child.size());
  }
  return pairs ? Ref::pairs(line + 1, depth / 2) : Ref::line(Ref::Kind::nibbles, line);
}

/// Writes a name of `depth` nibbles and everything below it.
Ref Writer::write_nibble(Range6 range, unsigned depth, const Above& above, Cover cover) {
  const Entry6& head = range.front();
  if (head.depth != depth || head.range.line != 0) return write_nibbles(range, depth, above, cover);
  if (head.plain != nullptr) return write_leaf(*head.plain);
  const uint32_t node = alloc_line();
  fill_node(node, head.node, head.node->label, above);
  if (depth < 32) {
    const Ref children = write_nibbles(range.subspan(1), depth, below(node), cover.below(head.node));
    at<Node>(node).children = children;
  }
  write_labelled_children(*head.node, node, false, depth < 32);
  return Ref::line(Ref::Kind::node, node);
}

}  // namespace ptrd::image
