// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/writer.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "image/build/pages.hpp"
#include "image/parts.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;
using wire::Name;

// Allocation

uint32_t Writer::alloc_lines(size_t count) {
  const size_t first = lines_.size();
  if (first + count > Ref::kMaxLine) throw std::length_error("more than 16 GiB");
  lines_.resize(first + count);
  return static_cast<uint32_t>(first);
}

/// One line, anywhere.
uint32_t Writer::alloc_line() {
  if (spare_.empty()) return alloc_lines(1);
  const uint32_t line = spare_.back();
  spare_.pop_back();
  return line;
}

/// A PairTable and the line before it; returns the latter. The table's line is a multiple of 16 (see
/// Ref::pairs); skipped lines are used as single lines.
uint32_t Writer::alloc_pairs() {
  const size_t used = lines_.size();
  const size_t first = (used + kPairLines) / kPairLines * kPairLines - 1;
  alloc_lines(first + 1 + kPairLines - used);
  for (size_t line = first; line-- > used;) spare_.push_back(static_cast<uint32_t>(line));
  return static_cast<uint32_t>(first);
}

// A blob that fits in a line never crosses one, so reading it costs one cache miss.
uint32_t Writer::alloc_units(size_t bytes) {
  const size_t units = units_for(bytes);
  if (next_unit_ + units > unit_end_) {
    const size_t lines = (units + kUnitsPerLine - 1) / kUnitsPerLine;
    next_unit_ = size_t{lines == 1 ? alloc_line() : alloc_lines(lines)} * kUnitsPerLine;
    unit_end_ = next_unit_ + lines * kUnitsPerLine;
  }
  const size_t first = next_unit_;
  next_unit_ += units;
  return static_cast<uint32_t>(first);
}

// Leaves with signatures follow one another closely: only their heads are read for most queries.
uint32_t Writer::alloc_units(size_t head, size_t rest) {
  const size_t units = units_for(head + rest);
  const size_t in_line = next_unit_ % kUnitsPerLine;
  const bool fits = in_line == 0 || in_line + units_for(head) <= kUnitsPerLine;
  const bool at_end = unit_end_ == lines_.size() * kUnitsPerLine;
  if (!fits || (next_unit_ + units > unit_end_ && !at_end))
    next_unit_ = unit_end_ = lines_.size() * kUnitsPerLine;
  if (next_unit_ + units > unit_end_) {
    const size_t more = (next_unit_ + units - unit_end_ + kUnitsPerLine - 1) / kUnitsPerLine;
    alloc_lines(more);
    unit_end_ += more * kUnitsPerLine;
  }
  const size_t first = next_unit_;
  next_unit_ += units;
  return static_cast<uint32_t>(first);
}

uint32_t Writer::append(const std::vector<Line>& lines) {
  const uint32_t first = alloc_lines(lines.size());
  std::copy(lines.begin(), lines.end(), lines_.begin() + first);
  return first;
}

uint32_t Writer::put_bytes(Bytes bytes) {
  const uint32_t where = alloc_units(bytes.size());
  std::memcpy(unit(where), bytes.data(), bytes.size());
  return where;
}

// Nodes

uint32_t Writer::write_sets(const std::vector<TreeSet>& sets) {
  if (sets.empty()) return 0;
  const uint32_t first = alloc_units(stored_size(sets));
  store_sets(unit(first), sets);
  return first;
}

void Writer::fill_sets(uint32_t line, const std::vector<TreeSet>& sets, std::string_view label,
                       const Above& above, uint32_t zone) {
  if (sets.size() > kMaxRrsets)
    throw std::length_error("a name with records of more than " + std::to_string(kMaxRrsets) + " types");
  const uint32_t written = write_sets(sets);
  auto& out = at<Node>(line);
  out.parent = above.line;
  out.zone = zone;
  out.rrsets = written;
  out.rrset_count = static_cast<uint16_t>(sets.size());
  out.label_size = static_cast<uint8_t>(label.size());
  std::copy(label.begin(), label.end(), lines_[line].bytes + offsetof(Node, label));
  ++nodes_;
}

void Writer::fill_node(uint32_t line, TreeNode* node, std::string_view label, const Above& above) {
  if (node == nullptr) return fill_sets(line, {}, label, above, above.zone);
  fill_sets(line, node->sets, label, above, zone_line(node->zone, above.zone));
  uint32_t upper = 0;
  if (node->upper != nullptr) {
    upper = alloc_lines(node_lines(label));
    fill_sets(upper, *node->upper, label, above, above.zone);
  }
  auto& out = at<Node>(line);
  out.upper = upper;
  out.flags = node->flags();
  if ((out.flags & node_flag::apex) != 0) at<Zone>(out.zone).apex = line;
  node->line = line;
}

Writer::Above Writer::below(uint32_t line) {
  const auto& node = at<Node>(line);
  return {.line = line, .zone = node.zone};
}

uint32_t Writer::write_node(TreeNode& node, const Above& above) {
  if (&node == in_addr_) {
    const Ref ref = write_octets(whole4(), node.label, 0, above);
    return ref.kind() == Ref::Kind::node ? ref.line() : ref.line() - 1;
  }
  const uint32_t line = alloc_lines(node_lines(node.label));
  fill_node(line, &node, node.label, above);
  if (&node == ip6_) {
    const std::vector<Entry6> entries = entries6();
    const Ref children = write_nibbles(entries, 0, below(line), {});
    at<Node>(line).children = children;
    write_labelled_children(node, line, false, true);
  } else {
    write_labelled_children(node, line, false, false);
  }
  return line;
}

void Writer::write_labelled_children(TreeNode& node, uint32_t line, bool octets, bool nibbles) {
  std::vector<uint32_t> written;
  for (auto& [label, child] : node.children) {
    const Bytes text = bytes_of(label);
    if ((octets && wire::octet_of_label(text)) || (nibbles && wire::nibble_of_label(text))) continue;
    written.push_back(write_node(*child, below(line)));
  }
  if (written.empty()) return;
  indexed_ += written.size();
  const LabelledList list{.count = static_cast<uint32_t>(written.size())};
  const size_t size = written.size() * sizeof written[0];
  const uint32_t where = alloc_units(sizeof list + size);
  std::memcpy(unit(where), &list, sizeof list);
  std::memcpy(unit(where) + sizeof list, written.data(), size);
  at<Node>(line).labelled = where;
}

void Writer::count_tails() {
  const auto count = [&](auto records) {
    run_parts(records, run_, [&](size_t, auto some) {
      Tails::Counter counter(tails_);
      for (const auto& plain : some) {
        if (plain.folded()) continue;
        const PlainData data = plain_data(arena_, plain.data);
        counter.count(data.ttl, data.target, data.signing);
      }
      counter.finish();
    });
  };
  count(plain4_);
  count(plain6_);
}

namespace {

template <typename Plain>
size_t count_signed(std::span<const Plain> records) {
  return static_cast<size_t>(std::count_if(records.begin(), records.end(), [](const Plain& plain) {
    return !plain.folded() && (plain.data & Plain::kSigned) != 0;
  }));
}

}  // namespace

tl::expected<std::vector<Line>, std::string> Writer::write() try {
  if (!plain4_.empty() || !ranges4_.empty()) tree_.make(Name::from_text("in-addr.arpa")->bytes());
  if (!plain6_.empty() || !ranges6_.empty()) tree_.make(Name::from_text("ip6.arpa")->bytes());
  in_addr_ = tree_.find(Name::from_text("in-addr.arpa")->bytes());
  ip6_ = tree_.find(Name::from_text("ip6.arpa")->bytes());
  count_tails();
  constexpr size_t kSignedLines = 3;  // two signatures of 64 bytes and what belongs to them
  const size_t signed_leaves = count_signed(plain4_) + count_signed(plain6_);
  lines_.reserve(plain4_.size() / 2 + plain6_.size() + kSignedLines * signed_leaves + 1024);
  use_huge_pages(lines_.data(), lines_.capacity() * kLineSize);
  alloc_lines(kHeaderLines + 1);  // including the root's Node
  at<Header>(0).root = kHeaderLines;
  write_zones();
  write_ranges();
  fill_node(kHeaderLines, &tree_.root(), {}, {.line = kHeaderLines});
  write_labelled_children(tree_.root(), kHeaderLines, false, false);
  write_index();
  const uint32_t tails = append(tails_.lines());
  const uint32_t signings = append(signings_);
  auto& header = at<Header>(0);
  header.tails = tails;
  header.tail_lines = static_cast<uint32_t>(tails_.lines().size());
  header.signings = signings;
  header.signing_lines = static_cast<uint32_t>(signings_.size());
  alloc_lines(1);  // readers copy whole words and may look this far past the last tail
  write_header();
  return std::move(lines_);
} catch (const std::length_error& error) {
  return tl::unexpected<std::string>(std::string("the zones do not fit in one image: ") + error.what());
}

}  // namespace ptrd::image
