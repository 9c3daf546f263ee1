// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <array>
#include <cstring>

#include "image/build/writer.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;

template <typename Leaf>
Ref Writer::write_leaf(uint64_t data, Leaf leaf) {
  const PlainData plain = plain_data(arena_, data);
  const Tails::Split split = tails_.split(plain.ttl, plain.target, plain.signing);
  leaf.tail_and_size = split.tail << 8 | split.head_size;
  const size_t head = sizeof leaf + split.head_size;
  const Bytes part = plain.signed_part;
  const uint32_t where = part.empty() ? alloc_units(head) : alloc_units(head, part.size());
  uint8_t* const out = unit(where);
  std::memcpy(out, &leaf, sizeof leaf);
  std::memcpy(out + sizeof leaf, plain.target.data(), split.head_size);
  if (!part.empty()) std::memcpy(out + head, part.data(), part.size());
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

Writer::Cover Writer::Cover::below(const TreeNode* node) const {
  if (node == nullptr) return *this;
  const bool other_zone = node->apex_of != 0 && node->apex_of != zone;
  return other_zone || node->is_cut() || node->has_dname() ? Cover() : *this;
}

/// All addresses, with the range of all of them.
Writer::Part4 Writer::whole4() {
  Part4 whole{in_addr_, plain4_, ranges4_, {}};
  if (!whole.ranges.empty() && whole.ranges.front().units == 0) {
    whole.cover = {range_line(whole.ranges.front()), whole.ranges.front().zone};
    whole.ranges = whole.ranges.subspan(1);
  }
  return whole;
}

/// The addresses below a name by their next octet.
std::unique_ptr<Writer::Parts4> Writer::split(const Part4& part, unsigned level) {
  auto parts = std::make_unique<Parts4>();
  const Cover cover = part.cover.below(part.node);
  for (Part4& each : *parts) each.cover = cover;
  if (part.node != nullptr) {
    for (auto& [text, child] : part.node->children) {
      if (const auto octet = wire::octet_of_label(bytes_of(text))) (*parts)[*octet].node = child.get();
    }
  }
  const unsigned shift = 24 - 8 * level;
  for (size_t from = 0, to = 0; from < part.plain.size(); from = to) {
    const uint32_t octet = part.plain[from].address >> shift & 0xFF;
    while (to < part.plain.size() && (part.plain[to].address >> shift & 0xFF) == octet) ++to;
    (*parts)[octet].plain = part.plain.subspan(from, to - from);
  }
  for (size_t from = 0, to = 0; from < part.ranges.size(); from = to) {
    const RangeEntry& first = part.ranges[from];
    const uint8_t octet = first.address[level];
    while (to < part.ranges.size() && part.ranges[to].address[level] == octet) ++to;
    Part4& each = (*parts)[octet];
    if (first.units == level + 1) {
      each.cover = {range_line(first), first.zone};
      ++from;
    }
    each.ranges = part.ranges.subspan(from, to - from);
  }
  return parts;
}

/// Whether all addresses of a part have the same Ref, which is a range; `level` octets are given.
bool Writer::same_rule(const Part4& part, unsigned level, Ref& ref) const {
  if (part.node != nullptr || !part.ranges.empty()) return false;
  if (part.plain.size() != uint64_t{1} << (32 - 8 * level) || !part.plain.front().folded()) return false;
  const uint32_t rule = part.plain.front().rule();
  const bool same = std::all_of(part.plain.begin(), part.plain.end(),
                                [&](const Plain4& plain) { return plain.folded() && plain.rule() == rule; });
  if (same) ref = Ref::line(Ref::Kind::range, range_lines_.at({rule, Prefix()}));
  return same;
}

Writer::Octets Writer::look_at(const Parts4& parts, unsigned level) const {
  Octets octets;
  std::map<uint32_t, size_t> uses;  // by a Ref's bits, so that the same input gives the same choice
  for (size_t octet = 0; octet < parts.size(); ++octet) {
    const Part4& part = parts[octet];
    if (!part.busy()) {
      octets.ref[octet] = part.cover.ref();
    } else if (!same_rule(part, level + 1, octets.ref[octet])) {
      octets.pending[octet] = true;
      continue;
    }
    ++uses[octets.ref[octet].bits()];
  }
  size_t most = 0;
  for (const auto& [bits, count] : uses) {
    if (count > most) octets.other = Ref(bits), most = count;
  }
  octets.listed = parts.size() - most;
  return octets;
}

Ref Writer::write_octet(const Part4& part, unsigned octet, unsigned level, const Above& above) {
  if (level < 3) return write_octets(part, std::to_string(octet), level + 1, above);
  if (part.node != nullptr) return Ref::line(Ref::Kind::node, write_node(*part.node, above));
  return write_leaf(part.plain.front());
}

Ref Writer::write_octets(const Part4& part, std::string_view label, unsigned level, const Above& above) {
  const auto parts = split(part, level);
  Octets octets = look_at(*parts, level);
  const bool few = octets.listed <= FewOctets::kMax;
  const bool any = octets.listed > 0 || !octets.other.is_none();
  const uint32_t line = alloc_lines(1 + (!any ? 0 : few ? 1 : kOctetLines));
  fill_node(line, part.node, label, above);
  const uint32_t table = line + 1;
  const uint64_t addresses = uint64_t{1} << (24 - 8 * level);

  if (level == 3) {
    for (const Plain4& plain : part.plain) {
      if (plain.folded()) continue;
      const PlainData data = plain_data(arena_, plain.data);
      tails_.prefetch(data.ttl, data.target, data.signing);
    }
  }
  size_t slot = 0;
  for (unsigned octet = 0; octet < 256; ++octet) {
    Ref& ref = octets.ref[octet];
    const Part4& below_octet = (*parts)[octet];
    if (octets.pending[octet]) {
      ref = write_octet(below_octet, octet, level, below(line));
    } else if (ref.is(Ref::Kind::range)) {
      (is_declared(ref) ? synthesised_ : folded_) += addresses;
    }
    if (!few) {
      at<OctetTable>(table).ref[octet] = ref;
    } else if (octets.pending[octet] || ref != octets.other) {
      at<FewOctets>(table).octet[slot] = static_cast<uint8_t>(octet);
      at<FewOctets>(table).ref[slot++] = ref;
    }
  }
  Ref children;
  if (any) {
    if (few) {
      at<FewOctets>(table).count = static_cast<uint8_t>(slot);
      at<FewOctets>(table).ref[FewOctets::kMax] = octets.other;
    }
    children = Ref::line(few ? Ref::Kind::few_octets : Ref::Kind::octets, table);
    at<Node>(line).children = children;
    ++octet_tables_;
  }
  if (part.node != nullptr) write_labelled_children(*part.node, line, true, false);
  // A walk must stop at a cut or a DNAME; it passes any other name on the way to an address.
  const bool look = (at<Node>(line).flags & (node_flag::cut | node_flag::dname)) != 0;
  return look || children.is_none() ? Ref::line(Ref::Kind::node, line) : children;
}

}  // namespace ptrd::image
