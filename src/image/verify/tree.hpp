// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "image/verify/bounded_view.hpp"
#include "image/verify/claims.hpp"
#include "image/verify/data.hpp"
#include "image/verify/fault.hpp"
#include "image/verify/place.hpp"
#include "image/verify/ranges.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::image {

/// Shared by the walks of several threads.
struct SharedChecks {
  explicit SharedChecks(std::span<const Line> all) : view(all), claims(all.size()), data(view) {}

  BoundedView view;
  Claims claims;          // of lines
  VerifiedRanges ranges;  // read-only once the walk has started
  VerifiedData data;
};

/// A step down an address tree that is yet to be walked, with everything below it.
struct TreeStep {
  Ref ref;
  uint8_t unit;   // the octet or nibble that leads there
  Place place;    // above it
  uint32_t line;  // the line that contains the step
};

/// Checks a tree of names, or a part of one that no other TreeCheck visits. Every check throws a Fault. Names
/// and their labels: tree.cpp; in-addr.arpa: octets.cpp; ip6.arpa: nibbles.cpp.
class TreeCheck {
 public:
  explicit TreeCheck(SharedChecks& common) : common_(common), view_(common.view) {}

  /// The whole tree except deferred steps: those of the address trees, one by one.
  void start();
  /// Walks steps one unit down, and defers what is below.
  std::vector<TreeStep> widen(const std::vector<TreeStep>& steps);
  void finish(std::span<const TreeStep> steps);
  [[nodiscard]] std::vector<TreeStep> take_steps() { return std::exchange(deferred_, {}); }
  /// Names with ordinary labels, each of which a search in the label index finds.
  [[nodiscard]] uint64_t indexed() const { return indexed_; }
  [[nodiscard]] uint32_t apexes() const { return apexes_; }

 private:
  [[nodiscard]] const Header& header() const { return view_.header(); }

  // Names and their labels: tree.cpp.
  /// Each structural line may be referenced only once: then the walk is over a tree, and ends in time linear
  /// in the file.
  void claim(uint64_t line, uint64_t count, const char* what);
  void check_header();
  void check_zones();
  void check_zone_of(const Node& node, uint32_t line, const Place& up);
  /// The Node at `line`, named `label` below `up` (whose labels and size already include it), and everything
  /// below it. Returns its children.
  Ref check_node(uint32_t line, Place place, wire::Bytes label, uint32_t parent);
  /// What the enclosing zone says at the apex `node`, whose enclosing Node and zone are those of `place`.
  void check_upper(const Node& node, uint32_t line, const Place& place, wire::Bytes label);
  /// The label, the place and the records of a Node.
  SeenTypes check_record_sets(const Node& node, uint32_t line, wire::Bytes label, uint32_t parent);
  void check_children(const Node& node, uint32_t line, const Place& place);
  void check_labelled(const Node& node, uint32_t line, const Place& place);
  /// The step to a name one unit down, and everything below it: now, or deferred.
  void check_step(const TreeStep& step);
  /// The place of a name one label below; `hash` is that of the name.
  static Place step(const Place& up, size_t label_size, uint64_t hash);
  /// Bytes of its own or the next line.
  [[nodiscard]] wire::Bytes label_of(const Node& node, uint64_t line) const;
  static bool same(wire::Bytes label, std::string_view text);
  /// Must agree with View::child, or an existing name would not be found.
  static bool stands_in_table(const Node& node, const Place& place, wire::Bytes label);

  // in-addr.arpa: octets.cpp.
  void check_octets(Ref table, const Place& place);
  void check_octet(Ref ref, uint8_t octet, const Place& up, uint32_t table);
  void check_below_octet(Ref ref, uint8_t octet, const Place& up, uint32_t table);

  // ip6.arpa: nibbles.cpp.
  /// `below_branch`: the step is from a branch, not from a Node.
  void check_nibbles(Ref ref, const Place& up, bool below_branch);
  void check_branch(Ref ref, uint32_t line, const Place& up, bool below_branch);
  /// The children that share the first of a branch's two nibbles; returns whether there are any.
  bool check_row(Ref branch, unsigned first, const Place& up, uint32_t line);
  /// What a branch refers to: now, or deferred.
  void check_child(Ref ref, unsigned nibble, const Place& up, uint32_t line);
  void check_below_nibble(Ref ref, unsigned nibble, const Place& up);
  /// A range that covers all addresses of a place in ip6.arpa.
  void check_range6(uint32_t line, const Place& place, size_t user);
  [[nodiscard]] Ref nibble_child(const Nibbles& branch, uint64_t line, unsigned nibble) const;
  static unsigned nibble_of(const uint8_t* key, unsigned i);
  static void expect_key(const uint8_t* key, const Place& place, size_t line);
  [[nodiscard]] Place nibble_step(const Place& up, unsigned nibble) const;

  SharedChecks& common_;
  BoundedView view_;
  bool defers_ = false;
  std::vector<TreeStep> deferred_;
  uint64_t indexed_ = 0;
  uint32_t apexes_ = 0;
  Ref v4_;
  Ref v6_;
};

}  // namespace ptrd::image
