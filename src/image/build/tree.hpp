// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

/// Number of a zone in the order in which the builder received them; 0 means "no zone".
using ZoneId = uint32_t;

/// An RRset of one zone, while an image is built.
struct TreeSet {
  uint16_t type = 0;
  ZoneId zone = 0;
  uint32_t ttl = 0;                 // the smallest of its records' (RFC 2181 5.2)
  std::vector<std::string> rdatas;  // in order of arrival; without duplicates once settled
  /// RRSIG: the TTL of each record. Once settled, that of the set which it covers (RFC 4034 3); if there is
  /// none, the smallest of all that cover that type. Empty for other types.
  std::vector<uint32_t> ttls = {};

  /// RRSIG: only the records that cover a type that `is_wanted`.
  [[nodiscard]] TreeSet covering(const std::function<bool(uint16_t)>& is_wanted) const;
};

/// Settles the sets of one name and zone: the SOA first, then by type, without duplicates; the TTLs and the
/// order of signatures.
void settle_sets(std::vector<TreeSet>& sets);

/// The type that an RRSIG record covers (RFC 4034 3.1.1); 0 if it is too short to say.
[[nodiscard]] uint16_t type_covered(const std::string& rrsig);

/// A name while an image is built: everything except addresses that own a single PTR record.
struct TreeNode {
  TreeNode* parent = nullptr;
  std::string label;                                                       // lower case
  std::map<std::string, std::unique_ptr<TreeNode>, std::less<>> children;  // canonical order of their labels
  std::vector<TreeSet> sets;
  /// What the enclosing zone says at an apex (see Node::upper), once settled; null: nothing.
  std::unique_ptr<std::vector<TreeSet>> upper;
  /// The position of each of `sets`, before it is settled; null while there are few.
  std::unique_ptr<std::map<std::pair<uint16_t, ZoneId>, size_t>> set_places;
  ZoneId apex_of = 0;
  ZoneId zone = 0;  // the enclosing zone; set by `settle`
  uint32_t line = 0;

  /// The set of `type` in `zone`, created if missing. Logarithmic in their number.
  [[nodiscard]] TreeSet& set(uint16_t type, ZoneId zone);
  /// Sets `set_places` anew.
  void index_sets();
  [[nodiscard]] const TreeSet* find(uint16_t type) const;
  /// The same of one zone, before it is settled.
  [[nodiscard]] const TreeSet* find(uint16_t type, ZoneId zone) const;
  [[nodiscard]] bool is_cut() const;
  [[nodiscard]] bool has_dname() const;
  [[nodiscard]] uint8_t flags() const;
};

/// The names of all zones, as one tree.
class Tree {
 public:
  /// The node of `name` (wire form, any case), created if missing.
  TreeNode& make(wire::Bytes name);
  [[nodiscard]] const TreeNode* find(wire::Bytes name) const;
  [[nodiscard]] TreeNode* find(wire::Bytes name) {
    return const_cast<TreeNode*>(std::as_const(*this).find(name));
  }
  [[nodiscard]] TreeNode& root() { return root_; }

  /// Adds a record, in a time that does not depend on the size of its RRset.
  static void add(TreeNode& node, ZoneId zone, uint16_t type, uint32_t ttl, wire::Bytes rdata);

  /// Removes the records of zones that `is_dropped`, and then every name without records and zones at or
  /// below it.
  void forget(const std::function<bool(ZoneId)>& is_dropped) { (void)forget(root_, is_dropped); }

  /// Assigns every node its zone, drops records that a deeper zone hides (except what the upper one says at
  /// its apex with authority, see Node::upper), duplicates (RFC 2181 5), and then every name without records
  /// at or below it. `served` is called for each RRset that remains.
  void settle(const std::function<void(TreeNode&, TreeSet&)>& served) { settle(root_, 0, served); }

 private:
  static bool forget(TreeNode& node, const std::function<bool(ZoneId)>& is_dropped);
  static bool settle(TreeNode& node, ZoneId enclosing,
                     const std::function<void(TreeNode&, TreeSet&)>& served);
  TreeNode root_;
};

}  // namespace ptrd::image
