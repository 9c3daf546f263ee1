// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "image/build/tree.hpp"
#include "image/patch/lines.hpp"
#include "image/patch/tail_index.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

/// A change that only a new image can hold.
struct NeedsCompile : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Puts RRsets at a name of a zone: from the root down to the name, and back up again, where each step sees
/// whether what is below it has moved or gone.
///
/// Each function takes the Ref of what is below a place, and returns the one that has to be there afterwards.
class Editor {
 public:
  Editor(Lines& lines, TailIndex& tails) : lines_(lines), view_(lines.view()), tails_(tails) {}

  /// The name has these sets from now on, which are settled; none: it has no records. `owner`: lower case, at
  /// or below the apex of the zone at this line, and no name below a deeper zone's apex. Throws NoRoom,
  /// NeedsCompile.
  void put(const wire::Name& owner, uint32_t zone, std::vector<TreeSet> sets);

 private:
  /// A name of the tree as an address, for the labels below it.
  struct Place {
    enum class Tree : uint8_t { other, arpa, in_addr, ip6 };
    Tree tree = Tree::other;
    uint8_t units = 0;  // octets or nibbles
    [[nodiscard]] bool takes_octets() const { return tree == Tree::in_addr && units < 4; }
    [[nodiscard]] bool takes_nibbles() const { return tree == Tree::ip6 && units < 32; }
  };
  struct At {
    uint32_t line;   // of a Node
    unsigned depth;  // its labels, without the root
    Place place;
    uint32_t cover = 0;      // IPv6: the Range that covers all addresses below; 0: none
    bool below_cut = false;  // IPv4: or below a DNAME; a range has no addresses there
  };
  // Names: editor.cpp.
  [[nodiscard]] Ref at_node(const At& at);
  void below_label(const At& at);
  [[nodiscard]] Ref ref_of(uint32_t line, const Place& place) const;
  [[nodiscard]] static uint32_t line_of(Ref ref);
  [[nodiscard]] bool is_empty(uint32_t line, const Place& place) const;
  [[nodiscard]] uint32_t make_node(wire::Bytes label, uint32_t parent, size_t lines);
  void free_node(uint32_t line, const Place& place);
  void set_sets(const At& at);
  void set_upper(uint32_t line);
  void store(uint32_t line, const std::vector<TreeSet>& sets);
  void free_sets(const Node& node);
  [[nodiscard]] uint32_t put_sets(const std::vector<TreeSet>& sets);
  void update_zone(const Node& node);
  void update_shortcuts();
  void expect_no_range(const Place& place) const;
  /// The name with so many labels of the one that is put, without the root.
  [[nodiscard]] unsigned depth() const { return labels_.count; }
  [[nodiscard]] wire::Bytes label(unsigned depth) const {
    return labels_.label(owner_.bytes(), labels_.count - depth);
  }

  // Ordinary labels: labels.cpp.
  void set_labelled(uint32_t line, const std::vector<uint32_t>& children);
  void link(uint32_t parent, uint32_t child, unsigned depth);
  void relink(uint32_t parent, uint32_t from, uint32_t to, unsigned depth);
  void unlink(uint32_t parent, uint32_t child, unsigned depth);
  void add_to_index(uint32_t node, unsigned depth);
  /// The slot of a Node, for a change.
  [[nodiscard]] IndexLine::Slot& slot_of(uint32_t node, unsigned depth);
  void rebuild_index();
  [[nodiscard]] uint64_t hash_of(unsigned depth) const;
  /// Makes `to` the parent of every Node directly below a Node, or of those in a subtree of an address tree.
  void set_parent_below(uint32_t line, uint32_t to);
  void set_parent_in(Ref ref, uint32_t to);
  void set_parent(uint32_t node, uint32_t to);

  // in-addr.arpa: octets.cpp.
  [[nodiscard]] uint32_t below_octet(const At& at, uint8_t octet);
  [[nodiscard]] uint32_t set_octet(uint32_t line, uint8_t octet, Ref ref);
  [[nodiscard]] uint32_t make_table(uint32_t line, Ref other);
  [[nodiscard]] uint32_t widen_table(uint32_t line);
  void move_node(uint32_t from, uint32_t to);
  /// The Ref to what makes the records of an address that has none of its own, or of the addresses below a
  /// name.
  [[nodiscard]] Ref declared_range(const At& at, unsigned octets) const;

  // ip6.arpa: nibbles.cpp.
  [[nodiscard]] Ref nibbles(Ref ref, unsigned units, uint32_t cover);
  [[nodiscard]] Ref target(Ref old, uint32_t cover);
  [[nodiscard]] Ref above_target(Ref made, unsigned units, uint32_t cover);
  [[nodiscard]] Ref fork(unsigned depth, Ref old, unsigned old_nibble, Ref made, uint32_t range);
  [[nodiscard]] Ref set_nibble(uint32_t line, unsigned nibble, Ref ref, uint32_t cover);
  [[nodiscard]] Ref set_pair(Ref branch, uint8_t octet, Ref ref, uint32_t cover);
  [[nodiscard]] Ref unpaired(Ref branch);
  [[nodiscard]] uint32_t make_branch(unsigned depth, const uint8_t* key, uint32_t range,
                                     const std::array<Ref, 16>& children);
  void free_branch(Ref branch);
  [[nodiscard]] bool is_free_of_ranges(Ref ref) const;
  [[nodiscard]] unsigned nibble(unsigned i) const {
    return i % 2 == 0 ? key_[i / 2] >> 4 : key_[i / 2] & 15U;
  }

  // Leaves.
  [[nodiscard]] bool is_leaf();
  [[nodiscard]] Ref make_leaf();
  void free_leaf(Ref leaf);

  Lines& lines_;
  const View& view_;
  TailIndex& tails_;
  // The name that is put.
  wire::Name owner_;
  wire::Labels labels_{wire::Bytes()};
  uint32_t zone_ = 0;
  std::vector<TreeSet> sets_;
  std::array<uint8_t, 16> key_ = {};  // its nibbles in ip6.arpa, from the root on, zero after key_count_
  unsigned key_count_ = 0;
  uint32_t above_ = 0;                     // the last Node on the way through nibbles
  std::optional<TailIndex::Split> split_;  // of the PTR record's target, if it is a leaf
  bool index_is_full_ =
      false;  // the label index has no place for a name: it is made anew when all are linked
};

}  // namespace ptrd::image
