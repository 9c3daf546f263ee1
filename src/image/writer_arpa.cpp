// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "image/writer.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;

// in-addr.arpa

template <typename Leaf>
Ref Writer::write_leaf(uint64_t data, Leaf leaf) {
  const uint8_t* record = arena_.at(data);
  const Bytes target(record + 5, record[4]);
  const Tails::Split split = tails_.split(wire::load_raw<uint32_t>(record), target);
  leaf.tail_and_size = split.tail << 8 | split.head_size;
  const uint32_t where = alloc_units(sizeof leaf + split.head_size);
  std::memcpy(unit(where), &leaf, sizeof leaf);
  std::memcpy(unit(where) + sizeof leaf, target.data(), split.head_size);
  ++leaves_;
  return Ref::leaf(where);
}

Ref Writer::write_leaf(const Plain4& plain) {
  return write_leaf(plain.data, Leaf4{});
}
Ref Writer::write_leaf(const Plain6& plain) {
  Leaf6 leaf{};
  std::memcpy(leaf.key, plain.address.data(), sizeof leaf.key);
  return write_leaf(plain.data, leaf);
}

Ref Writer::write_octets(TreeNode* node, std::string_view label, unsigned level, Range4 range,
                         const Above& above) {
  const unsigned shift = 24 - 8 * level;
  std::array<TreeNode*, 256> nodes{};
  std::array<bool, 256> used{};
  if (node != nullptr) {
    for (auto& [text, child] : node->children) {
      const int octet = octet_label(text);
      if (octet >= 0) {
        nodes[static_cast<size_t>(octet)] = child.get();
        used[static_cast<size_t>(octet)] = true;
      }
    }
  }
  for (const Plain4& plain : range) used[plain.address >> shift & 0xFF] = true;
  const auto count = static_cast<size_t>(std::count(used.begin(), used.end(), true));
  const bool few = count <= FewOctets::kMost;
  const uint32_t line = alloc_lines(1 + (count == 0 ? 0 : few ? 1 : kOctetLines));
  fill_node(line, node, label, above);
  const uint32_t table = line + 1;

  size_t from = 0;
  size_t slot = 0;
  for (unsigned octet = 0; octet < 256; ++octet) {
    if (!used[octet]) continue;
    size_t to = from;
    while (to < range.size() && (range[to].address >> shift & 0xFF) == octet) ++to;
    const Range4 part = range.subspan(from, to - from);
    from = to;
    Ref ref;
    if (level < 3) {
      ref = write_octets(nodes[octet], std::to_string(octet), level + 1, part, below(line));
    } else if (nodes[octet] != nullptr) {
      ref = Ref::line(Ref::Kind::node, write_node(*nodes[octet], below(line)));
    } else {
      ref = write_leaf(part.front());
    }
    if (few) {
      at<FewOctets>(table).octet[slot] = static_cast<uint8_t>(octet);
      at<FewOctets>(table).ref[slot++] = ref;
    } else {
      at<OctetTable>(table).ref[octet] = ref;
    }
  }
  Ref children;
  if (count > 0) {
    if (few) at<FewOctets>(table).count = static_cast<uint8_t>(count);
    children = Ref::line(few ? Ref::Kind::few_octets : Ref::Kind::octets, table);
    at<Node>(line).children = children;
    ++octet_tables_;
  }
  if (node != nullptr) write_labelled_children(*node, line, true, false);
  // A walk must stop and look at a cut or a DNAME; it passes any other name on the way to an address.
  const bool look = (at<Node>(line).flags & (node_flag::cut | node_flag::dname)) != 0;
  return look || children.is_none() ? Ref::line(Ref::Kind::node, line) : children;
}

// ip6.arpa

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

Ref Writer::write_nibbles(Range6 range, const Above& above) {
  if (range.empty()) return {};
  const Entry6& first = range.front();
  const Entry6& last = range.back();
  if (range.size() == 1 && first.node == nullptr) return write_leaf(*first.plain);
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
    const Entry6& head = range[from];
    Ref ref;
    if (head.depth == depth + 1 && head.node != nullptr) {
      Above parent = above;
      parent.hash = at<Node>(ip6_->line).hash;
      for (unsigned i = 0; i < depth; ++i) {
        const auto digit = static_cast<uint8_t>("0123456789abcdef"[head.nibble(i)]);
        parent.hash = hash_label(parent.hash, {&digit, 1});
      }
      const uint32_t node = alloc_lines(1);
      fill_node(node, head.node, head.node->label, parent);
      const Ref children = write_nibbles(range.subspan(from + 1, to - from - 1), below(node));
      at<Node>(node).children = children;
      write_labelled_children(*head.node, node, false, head.depth < 32);
      ref = Ref::line(Ref::Kind::node, node);
    } else {
      ref = write_nibbles(range.subspan(from, to - from), above);
    }
    (wide ? at<NibbleLine>(line + 1).ref[nibble] : at<Nibbles>(line).ref[slot]) = ref;
    from = to;
  }
  return Ref::line(Ref::Kind::nibbles, line);
}

}  // namespace ptrd::image
