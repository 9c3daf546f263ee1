// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "image/build/builder.hpp"
#include "image/build/label_index.hpp"
#include "image/build/rule.hpp"
#include "image/build/stored_sets.hpp"
#include "image/build/tails.hpp"
#include "image/build/tree.hpp"
#include "ptrd/image/format.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::image {

/// Settled input: everything not in the tree is sorted by address.
struct WriterInput {
  Tree& tree;
  const std::vector<ZoneInput>& zones;
  const Arena& arena;
  std::span<const Plain4> plain4;
  std::span<const Plain6> plain6;
  const Rules& rules;
  std::span<const RangeEntry> ranges4;
  std::span<const RangeEntry> ranges6;
  std::span<const DeclaredPrefix> declared4;
  const std::vector<Line>& signings;  // LeafSignings
  const Executor& run;
  const IndexKeys& index_keys;  // empty: those derived from the zones
};

/// Lays settled input out as lines.
class Writer {
 public:
  explicit Writer(const WriterInput& input)
      : tree_(input.tree),
        zones_(input.zones),
        arena_(input.arena),
        plain4_(input.plain4),
        plain6_(input.plain6),
        rules_(input.rules),
        ranges4_(input.ranges4),
        ranges6_(input.ranges6),
        declared4_(input.declared4),
        signings_(input.signings),
        run_(input.run),
        index_keys_(input.index_keys) {}
  [[nodiscard]] tl::expected<std::vector<Line>, std::string> write();

 private:
  struct Above {
    uint32_t line = 0;  // of the enclosing Node
    uint32_t zone = 0;  // Zone line
  };
  /// The longest declared range that covers all addresses below a name.
  struct Cover {
    uint32_t line = 0;  // its Range; 0: none
    ZoneId zone = 0;
    [[nodiscard]] Ref ref() const { return line == 0 ? Ref() : Ref::line(Ref::Kind::range, line); }
    /// What remains of it below a name: a deeper zone, a cut and a DNAME end it.
    [[nodiscard]] Cover below(const TreeNode* node) const;
  };
  /// A name in the ip6.arpa tree that ends a path: a tree node, a leaf, or a range.
  struct Entry6 {
    std::array<uint8_t, 16> key;
    uint8_t depth;
    TreeNode* node = nullptr;
    const Plain6* plain = nullptr;
    Cover range = {};
    [[nodiscard]] unsigned nibble(size_t i) const { return i % 2 == 0 ? key[i / 2] >> 4 : key[i / 2] & 15U; }
  };
  using Range4 = std::span<const Plain4>;
  using Ranges = std::span<const RangeEntry>;
  /// Everything known about the addresses below an in-addr.arpa name.
  struct Part4 {
    TreeNode* node = nullptr;
    Range4 plain = {};
    Ranges ranges = {};  // longer than the name's prefix
    Cover cover = {};
    [[nodiscard]] bool busy() const { return node != nullptr || !plain.empty() || !ranges.empty(); }
  };
  using Parts4 = std::array<Part4, 256>;
  /// Refs of a name's octets, as far as known before those below are written.
  struct Octets {
    std::array<Ref, 256> ref{};
    std::array<bool, 256> pending{};  // not known yet, and not a range
    Ref other;                        // the most common Ref; a range or none
    size_t listed = 0;                // octets with a different Ref
  };
  using Range6 = std::span<const Entry6>;

  template <typename T>
  T& at(uint32_t line) {
    return *reinterpret_cast<T*>(&lines_[line]);
  }
  uint8_t* unit(uint32_t unit) {
    return reinterpret_cast<uint8_t*>(lines_.data()) + size_t{unit} * kUnitSize;
  }
  uint32_t alloc_lines(size_t count);
  uint32_t alloc_line();
  uint32_t alloc_pairs();
  uint32_t alloc_units(size_t bytes);
  /// Units for `head` bytes, which are placed as by `alloc_units`, and for `rest` bytes behind them, which
  /// may cross lines.
  uint32_t alloc_units(size_t head, size_t rest);
  [[nodiscard]] uint32_t zone_line(ZoneId zone, uint32_t otherwise) const {
    return zone == 0 ? otherwise : zone_lines_[zone];
  }

  void count_tails();
  void write_zones();
  /// The signatures over the SOA, for denials.
  uint32_t write_negative_signatures(const ZoneInput& zone, uint32_t ttl);
  void write_header();
  void write_index();
  /// Appends lines that were made elsewhere; returns the first.
  uint32_t append(const std::vector<Line>& lines);
  uint32_t put_bytes(wire::Bytes bytes);
  uint32_t write_sets(const std::vector<TreeSet>& sets);
  /// Fills a Node's line with sets and their place.
  void fill_sets(uint32_t line, const std::vector<TreeSet>& sets, std::string_view label, const Above& above,
                 uint32_t zone);
  [[nodiscard]] static size_t node_lines(std::string_view label) {
    return offsetof(Node, label) + label.size() > kLineSize ? 2 : 1;
  }
  /// Fills the Node at `line`, which is already allocated; `node` may be null for an empty non-terminal.
  void fill_node(uint32_t line, TreeNode* node, std::string_view label, const Above& above);
  /// Writes a Node and everything below it; returns its line.
  uint32_t write_node(TreeNode& node, const Above& above);
  void write_labelled_children(TreeNode& node, uint32_t line, bool octets, bool nibbles);
  Above below(uint32_t line);

  /// The NSEC3 records of a zone; returns the line of its Nsec3Zone.
  uint32_t write_nsec3(const ZoneInput& zone);
  uint32_t write_nsec3_record(const Nsec3Chain::Link& link);
  uint32_t write_nsec3_bucket(std::span<const Nsec3Chain::Link> links, std::span<const uint32_t> records,
                              uint32_t before);

  void write_ranges();
  void write_declared();
  [[nodiscard]] uint32_t write_range(uint32_t rule, const Prefix& prefix);
  [[nodiscard]] uint32_t range_line(const RangeEntry& entry);
  [[nodiscard]] bool is_declared(Ref ref) const;

  [[nodiscard]] Part4 whole4();
  [[nodiscard]] std::unique_ptr<Parts4> split(const Part4& part, unsigned level);
  [[nodiscard]] bool same_rule(const Part4& part, unsigned level, Ref& ref) const;
  [[nodiscard]] Octets look_at(const Parts4& parts, unsigned level) const;
  Ref write_octets(const Part4& part, std::string_view label, unsigned level, const Above& above);
  Ref write_octet(const Part4& part, unsigned octet, unsigned level, const Above& above);
  Ref write_leaf(const Plain4& plain);
  Ref write_leaf(const Plain6& plain);
  template <typename Leaf>
  Ref write_leaf(uint64_t data, Leaf leaf);

  void gather6(TreeNode& node, std::array<uint8_t, 16> key, uint8_t depth, std::vector<Entry6>& out);
  [[nodiscard]] std::vector<Entry6> entries6();
  [[nodiscard]] static unsigned shared_nibbles(Range6 range);
  [[nodiscard]] static Range6 alike(Range6 range, unsigned depth, unsigned mask);
  [[nodiscard]] static uint16_t present_at(Range6 range, unsigned depth);
  [[nodiscard]] static bool is_bare_leaf(Range6 range, const Cover& cover);
  [[nodiscard]] static bool takes_pairs(Range6 range, unsigned depth, const Cover& cover);
  Ref write_nibbles(Range6 range, unsigned depth, const Above& above, Cover cover);
  Ref write_branch(Range6 range, const Above& above, Cover cover);
  Ref write_nibble(Range6 range, unsigned depth, const Above& above, Cover cover);

  Tree& tree_;
  const std::vector<ZoneInput>& zones_;
  const Arena& arena_;
  std::span<const Plain4> plain4_;
  std::span<const Plain6> plain6_;
  const Rules& rules_;
  std::span<const RangeEntry> ranges4_;
  std::span<const RangeEntry> ranges6_;
  std::span<const DeclaredPrefix> declared4_;
  const std::vector<Line>& signings_;
  const Executor& run_;
  const IndexKeys& index_keys_;
  std::map<std::pair<uint32_t, Prefix>, uint32_t> range_lines_;  // IPv4: without prefix
  Tails tails_;
  std::vector<Line> lines_;
  std::vector<uint32_t> spare_;  // lines before tables, the next one last
  std::vector<uint32_t> zone_lines_;
  size_t indexed_ = 0;    // Nodes with ordinary labels
  size_t next_unit_ = 0;  // free units of the last blob line: [next_unit_, unit_end_)
  size_t unit_end_ = 0;
  TreeNode* in_addr_ = nullptr;
  TreeNode* ip6_ = nullptr;
  uint32_t leaves_ = 0;
  uint32_t nodes_ = 0;
  uint32_t octet_tables_ = 0;
  uint32_t nibble_lines_ = 0;
  uint64_t folded_ = 0;
  uint64_t synthesised_ = 0;
};

}  // namespace ptrd::image
