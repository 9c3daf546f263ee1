// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/writer.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <tuple>

#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;
using wire::Name;

namespace {

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

size_t units_for(size_t bytes) {
  return (bytes + kUnitSize - 1) / kUnitSize;
}

/// Bytes in front of the end of `target` that begins behind its first `depth` labels, or all but the root's.
size_t head_of(Bytes target, unsigned depth) {
  size_t at = 0;
  for (; depth > 0 && target[at] != 0; --depth) at += target[at] + 1U;
  return at;
}

/// An octet label of the tree node, in its table; -1: an ordinary label.
int octet_label(std::string_view label) {
  const auto octet = wire::octet_of_label(bytes_of(label));
  return octet ? *octet : -1;
}
int nibble_label(std::string_view label) {
  const auto nibble = wire::nibble_of_label(bytes_of(label));
  return nibble ? *nibble : -1;
}

void store_records(uint8_t* out, const TreeSet& set, uint32_t ttl) {
  for (const std::string& rdata : set.rdatas) {
    wire::store16(out, wire::kQuestionPointer);
    wire::store16(out + 2, set.type);
    wire::store16(out + 4, static_cast<uint16_t>(wire::Class::in));
    wire::store32(out + 6, ttl);
    wire::store16(out + 10, static_cast<uint16_t>(rdata.size()));
    std::memcpy(out + 12, rdata.data(), rdata.size());
    out += 12 + rdata.size();
  }
}

size_t wire_size(const TreeSet& set) {
  size_t size = 0;
  for (const std::string& rdata : set.rdatas) size += 12 + rdata.size();
  return size;
}

/// An SOA's data with the end that rname shares with mname taken out, see Zone::soa_pointer.
struct SharedSoa {
  std::string rdata;
  uint16_t pointer = 0;
  uint16_t target = 0;
};

SharedSoa share_rname(const std::string& soa) {
  constexpr size_t kBefore = 12;  // of the record, in front of its data
  const Bytes rdata = bytes_of(soa);
  const size_t mname_size = wire::plain_name_size(rdata, 0);
  const Bytes mname = rdata.first(mname_size);
  const Bytes rname = rdata.subspan(mname_size, wire::plain_name_size(rdata, mname_size));
  for (size_t r = 0; rname[r] != 0; r += rname[r] + 1U) {
    for (size_t m = 0; mname[m] != 0; m += mname[m] + 1U) {
      const Bytes end = rname.subspan(r);
      if (!std::equal(end.begin(), end.end(), mname.begin() + static_cast<ptrdiff_t>(m), mname.end()))
        continue;
      SharedSoa shared{.rdata = soa.substr(0, mname_size + r) + std::string(2, '\0') +
                                soa.substr(mname_size + rname.size())};
      shared.pointer = static_cast<uint16_t>(kBefore + mname_size + r);
      shared.target = static_cast<uint16_t>(kBefore + m);
      return shared;
    }
  }
  return {.rdata = soa};
}

}  // namespace

// ---- Tails

size_t Tails::Hash::operator()(const Key& key) const {
  return XXH3_64bits_withSeed(key.name.data(), key.name.size(), key.ttl);
}

void Tails::count(uint32_t ttl, Bytes target, unsigned depth) {
  const Key key{ttl, text_of(target.subspan(head_of(target, depth)))};
  if (last_ == nullptr || !(last_key_ == key)) {
    last_ = &entries_[key];  // a node-based map: the address stays
    last_key_ = key;
  }
  ++last_->uses;
}

uint32_t Tails::place(Key key, Entry& entry) {
  if (entry.number != kUnplaced) return entry.number;
  const size_t size = offsetof(Tail, name) + key.name.size();
  const size_t first = lines_.size();
  const size_t lines = (size + kLineSize - 1) / kLineSize;
  if (first + lines > kMaxTail) return kUnplaced;
  lines_.resize(first + lines);
  auto& tail = *reinterpret_cast<Tail*>(&lines_[first]);
  wire::store32(tail.ttl, key.ttl);
  tail.size = static_cast<uint8_t>(key.name.size());
  std::memcpy(lines_[first].bytes + offsetof(Tail, name), key.name.data(), key.name.size());
  return entry.number = static_cast<uint32_t>(first);
}

Tails::Split Tails::split(uint32_t ttl, Bytes target) {
  for (const unsigned depth : {1U, 2U}) {
    const size_t head = head_of(target, depth);
    const Key key{ttl, text_of(target.subspan(head))};
    if (last_ == nullptr || !(last_key_ == key)) {
      const auto it = entries_.find(key);
      if (it == entries_.end()) continue;
      last_ = &it->second;
      last_key_ = key;
    }
    if (last_->uses < kWorthALine) continue;
    const uint32_t number = place(key, *last_);
    if (number != kUnplaced) return {number, static_cast<uint8_t>(head)};
  }
  static constexpr std::string_view kRoot("\0", 1);
  Entry& entry = entries_[Key{ttl, kRoot}];
  const uint32_t number = place({ttl, kRoot}, entry);
  if (number == kUnplaced) throw std::length_error("more than 16 million different TTLs and name ends");
  return {number, static_cast<uint8_t>(target.size() - 1)};
}

// ---- Writer: room

uint32_t Writer::alloc_lines(size_t count) {
  const size_t first = lines_.size();
  if (first + count > Ref::kMaxLine) throw std::length_error("more than 16 GiB");
  lines_.resize(first + count);
  return static_cast<uint32_t>(first);
}

// A blob that fits a line never crosses one, so that reading it costs one cache miss.
uint32_t Writer::alloc_units(size_t bytes) {
  const size_t units = units_for(bytes);
  if (next_unit_ + units > unit_end_) {
    const size_t lines = (units + kUnitsPerLine - 1) / kUnitsPerLine;
    next_unit_ = alloc_lines(lines) * kUnitsPerLine;
    unit_end_ = next_unit_ + lines * kUnitsPerLine;
  }
  const size_t first = next_unit_;
  next_unit_ += units;
  return static_cast<uint32_t>(first);
}

uint32_t Writer::put_bytes(Bytes bytes) {
  const uint32_t where = alloc_units(bytes.size());
  std::memcpy(unit(where), bytes.data(), bytes.size());
  return where;
}

// ---- Writer: nodes

uint32_t Writer::write_sets(const TreeNode& node) {
  if (node.sets.empty()) return 0;
  size_t bytes = 0;
  for (const TreeSet& set : node.sets) bytes += sizeof(Rrset) + units_for(wire_size(set)) * kUnitSize;
  const uint32_t first = alloc_units(bytes);
  uint8_t* out = unit(first);
  for (const TreeSet& set : node.sets) {
    const size_t size = wire_size(set);
    if (set.rdatas.size() > 0xFFFF) throw std::length_error("a record set of more than 65535 records");
    const Rrset head{set.type, static_cast<uint16_t>(set.rdatas.size()), static_cast<uint32_t>(size)};
    std::memcpy(out, &head, sizeof head);
    store_records(out + sizeof head, set, set.ttl);
    out += sizeof head + units_for(size) * kUnitSize;
  }
  return first;
}

void Writer::fill_node(uint32_t line, TreeNode* node, std::string_view label, const Above& above) {
  const uint32_t sets = node == nullptr ? 0 : write_sets(*node);
  auto& out = at<Node>(line);
  out.parent = above.line;
  out.zone = node == nullptr ? above.zone : zone_line(node->zone, above.zone);
  out.rrsets = sets;
  out.hash = line == kHeaderLines ? kRootHash : hash_label(above.hash, bytes_of(label));
  out.rrset_count = node == nullptr ? uint16_t{0} : static_cast<uint16_t>(node->sets.size());
  out.flags = node == nullptr ? uint8_t{0} : node->flags();
  out.label_size = static_cast<uint8_t>(label.size());
  std::copy(label.begin(), label.end(), lines_[line].bytes + offsetof(Node, label));
  if ((out.flags & node_flag::apex) != 0) at<Zone>(out.zone).apex = line;
  if (node != nullptr) node->line = line;
  ++nodes_;
}

Writer::Above Writer::below(uint32_t line) {
  const auto& node = at<Node>(line);
  return {.line = line, .zone = node.zone, .hash = node.hash};
}

uint32_t Writer::write_node(TreeNode& node, const Above& above) {
  if (&node == in_addr_) {
    const Ref ref = write_octets(&node, node.label, 0, plain4_, above);
    return ref.kind() == Ref::Kind::node ? ref.line() : ref.line() - 1;
  }
  const uint32_t line = alloc_lines(offsetof(Node, label) + node.label.size() > kLineSize ? 2 : 1);
  fill_node(line, &node, node.label, above);
  if (&node == ip6_) {
    std::vector<Entry6> entries;
    for (const Plain6& plain : plain6_) entries.push_back({plain.address, 32, nullptr, &plain});
    gather6(node, {}, 0, entries);
    std::sort(entries.begin(), entries.end(), [](const Entry6& a, const Entry6& b) {
      return std::tie(a.key, a.depth) < std::tie(b.key, b.depth);
    });
    const Ref children = write_nibbles(entries, below(line));
    at<Node>(line).children = children;
    write_labelled_children(node, line, false, true);
  } else {
    write_labelled_children(node, line, false, false);
  }
  return line;
}

void Writer::write_labelled_children(TreeNode& node, uint32_t line, bool octets, bool nibbles) {
  uint32_t previous = 0;
  for (auto& [label, child] : node.children) {
    if ((octets && octet_label(label) >= 0) || (nibbles && nibble_label(label) >= 0)) continue;
    const uint32_t written = write_node(*child, below(line));
    indexed_.push_back(written);
    (previous == 0 ? at<Node>(line).first_child : at<Node>(previous).next_sibling) = written;
    previous = written;
  }
}

// ---- Writer: in-addr.arpa

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

// ---- Writer: ip6.arpa

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

// ---- Writer: the file's parts

void Writer::count_tails() {
  for (const unsigned depth : {1U, 2U}) {
    const auto count = [&](uint64_t data) {
      const uint8_t* record = arena_.at(data);
      tails_.count(wire::load_raw<uint32_t>(record), {record + 5, record[4]}, depth);
    };
    for (const Plain4& plain : plain4_) count(plain.data);
    for (const Plain6& plain : plain6_) count(plain.data);
  }
}

void Writer::write_zones() {
  std::vector<ZoneId> order;
  for (ZoneId id = 1; id < zones_.size(); ++id) order.push_back(id);
  std::sort(order.begin(), order.end(),
            [&](ZoneId a, ZoneId b) { return zones_[a].apex.canonical_compare(zones_[b].apex) < 0; });
  const uint32_t first = alloc_lines(order.size());
  zone_lines_.assign(zones_.size(), 0);
  for (size_t i = 0; i < order.size(); ++i) zone_lines_[order[i]] = first + static_cast<uint32_t>(i);
  at<Header>(0).zones = first;
  at<Header>(0).zone_count = static_cast<uint32_t>(order.size());
  for (const ZoneId id : order) {
    const ZoneInput& zone = zones_[id];
    const size_t fixed = zone.soa.size() - 20;  // serial, refresh, retry, expire, minimum (RFC 1035 3.3.13)
    const uint32_t minimum = wire::load32(bytes_of(zone.soa).data() + fixed + 16);
    const SharedSoa shared = share_rname(zone.soa);
    const TreeSet soa{.type = static_cast<uint16_t>(wire::Type::soa), .rdatas = {shared.rdata}};
    const uint32_t negative = alloc_units(wire_size(soa));
    store_records(unit(negative), soa, std::min(zone.soa_ttl, minimum));
    const uint32_t name = put_bytes(zone.apex.bytes());
    auto& out = at<Zone>(zone_lines_[id]);
    out.serial = wire::load32(bytes_of(zone.soa).data() + fixed);
    out.negative_soa = negative;
    out.negative_soa_size = static_cast<uint16_t>(wire_size(soa));
    out.soa_pointer = shared.pointer;
    out.soa_target = shared.target;
    out.name_size = static_cast<uint8_t>(zone.apex.size());
    out.label_count = static_cast<uint8_t>(zone.apex.label_count());
    out.records = zone.records;
    out.name = name;
  }
}

void Writer::write_index() {
  const size_t wanted = indexed_.size() / (IndexLine::kSlots / 2) + 1;
  const auto lines = static_cast<uint32_t>(std::bit_ceil(wanted));
  const uint32_t first = alloc_lines(lines);
  uint32_t probes = 1;
  for (const uint32_t node : indexed_) {
    const uint32_t hash = at<Node>(node).hash;
    bool placed = false;
    for (uint32_t probe = 0; !placed; ++probe) {
      for (auto& slot : at<IndexLine>(first + ((hash + probe) & (lines - 1))).slot) {
        if (slot.node != 0) continue;
        slot = {hash, node};
        probes = std::max(probes, probe + 1);
        placed = true;
        break;
      }
    }
  }
  auto& header = at<Header>(0);
  header.index = first;
  header.index_lines = lines;
  header.index_probes = probes;
}

void Writer::write_header() {
  const auto open_to_walk = [&](TreeNode* tree) {
    if (tree == nullptr) return Ref();
    for (TreeNode* up = tree; up != nullptr; up = up->parent) {
      if (up->is_cut() || up->has_dname()) return Ref();
    }
    return at<Node>(tree->line).children;
  };
  const Ref v4 = open_to_walk(in_addr_);
  const Ref v6 = open_to_walk(ip6_);
  auto& header = at<Header>(0);
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.version = kVersion;
  header.line_size = kLineSize;
  header.lines = lines_.size();
  for (const ZoneInput& zone : zones_) header.records += zone.records;
  header.root = kHeaderLines;
  header.v4 = v4;
  header.v6 = v6;
  header.leaves = leaves_;
  header.nodes = nodes_;
  header.octet_tables = octet_tables_;
  header.nibble_lines = nibble_lines_;
  header.checksum = checksum(lines_);
}

tl::expected<std::vector<Line>, std::string> Writer::write() try {
  if (!plain4_.empty()) tree_.make(Name::from_text("in-addr.arpa")->bytes());
  if (!plain6_.empty()) tree_.make(Name::from_text("ip6.arpa")->bytes());
  in_addr_ = tree_.find(Name::from_text("in-addr.arpa")->bytes());
  ip6_ = tree_.find(Name::from_text("ip6.arpa")->bytes());
  count_tails();
  lines_.reserve(plain4_.size() / 2 + plain6_.size() + 1024);
  alloc_lines(kHeaderLines + 1);  // and the root's Node
  write_zones();
  fill_node(kHeaderLines, &tree_.root(), {}, {.line = kHeaderLines});
  write_labelled_children(tree_.root(), kHeaderLines, false, false);
  write_index();
  const uint32_t tails = alloc_lines(tails_.lines().size());
  std::copy(tails_.lines().begin(), tails_.lines().end(), lines_.begin() + tails);
  at<Header>(0).tails = tails;
  at<Header>(0).tail_lines = static_cast<uint32_t>(tails_.lines().size());
  alloc_lines(1);  // readers copy whole words and may look this far past the last tail
  write_header();
  return std::move(lines_);
} catch (const std::length_error& error) {
  return tl::unexpected<std::string>(std::string("the zones do not fit an image: ") + error.what());
}

}  // namespace ptrd::image
