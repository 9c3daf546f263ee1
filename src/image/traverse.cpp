// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/traverse.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "ptrd/image/leaf.hpp"
#include "ptrd/image/nsec3.hpp"
#include "ptrd/image/range.hpp"
#include "ptrd/image/signed_leaf.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

namespace {

using wire::Bytes;
using wire::Name;

constexpr unsigned kOctets = 256;

class Traversal {
 public:
  Traversal(const View& view, uint32_t apex, const Visitor& visitor)
      : view_(view), apex_(apex), visitor_(visitor) {}

  /// `cover`: the Range that has already been visited and covers everything without other data.
  void node(uint32_t line, const Name& owner, uint32_t cover = 0) {
    const auto& node = view_.at<Node>(line);
    if (is_other_apex(node, line)) {
      if (node.upper != 0) sets(view_.at<Node>(node.upper), owner);
      return;
    }
    sets(node, owner);
    if (node.children.is_octet_table()) {
      octets(node.children, owner, cover);
    } else if (!node.children.is_none()) {
      nibbles(node.children);
    }
    for (const uint32_t child : view_.labelled(node)) {
      const auto& below = view_.at<Node>(child);
      Name name = owner;
      if (name.prepend({below.label, below.label_size})) this->node(child, name);
    }
  }

 private:
  void sets(const Node& node, const Name& owner) {
    const Rrset* set = view_.first_rrset(node);
    for (unsigned i = 0; i < node.rrset_count; ++i, set = View::next(set))
      visitor_.set({owner, set->type, View::records(*set)});
  }

  [[nodiscard]] bool is_other_apex(const Node& node, uint32_t line) const {
    return (node.flags & node_flag::apex) != 0 && line != apex_;
  }
  [[nodiscard]] bool is_declared(Ref ref) const {
    return ref.is(Ref::Kind::range) && (view_.at<Range>(ref.line()).flags & range_flag::declared) != 0;
  }

  // in-addr.arpa

  /// Whether a declared range can be visited as covering everything below `ref`: whatever it does not cover
  /// has its own record, or is in another zone. `units`: octets of the name there.
  [[nodiscard]] bool covers(uint32_t range, Ref ref, unsigned units) const {
    if (ref.is_none()) return false;
    if (ref.is_leaf()) return true;
    if (ref.is(Ref::Kind::range)) return ref.line() == range || !is_declared(ref);
    const uint32_t line = ref.is_octet_table() ? ref.line() - 1 : ref.line();
    const auto& node = view_.at<Node>(line);
    if (is_other_apex(node, line) || (node.flags & (node_flag::cut | node_flag::dname)) != 0) return true;
    if (units == 4) return true;
    if (!node.children.is_octet_table()) return false;
    for (unsigned octet = 0; octet < kOctets; ++octet) {
      if (!covers(range, view_.octet_child(node.children, static_cast<uint8_t>(octet)), units + 1))
        return false;
    }
    return true;
  }

  /// The declared ranges of a table's octets `first` to `first + count`, as the fewest prefixes.
  void ranges(Ref table, const wire::AddressKey& key, unsigned first, unsigned count,
              std::array<uint32_t, kOctets>& cover) {
    uint32_t range = 0;
    bool one = true;
    for (unsigned octet = first; octet < first + count; ++octet) {
      const Ref ref = view_.octet_child(table, static_cast<uint8_t>(octet));
      if (!is_declared(ref) || ref.line() == cover[octet]) continue;
      one = one && (range == 0 || range == ref.line());
      range = ref.line();
    }
    if (range == 0) return;
    for (unsigned octet = first; one && octet < first + count; ++octet)
      one = covers(range, view_.octet_child(table, static_cast<uint8_t>(octet)), key.units + 1U);
    if (!one) {
      ranges(table, key, first, count / 2, cover);
      return ranges(table, key, first + count / 2, count / 2, cover);
    }
    std::fill_n(cover.begin() + first, count, range);
    wire::AddressKey whole = key;
    whole.units = 4;
    whole.address[key.units] = static_cast<uint8_t>(first);
    const auto size = static_cast<unsigned>(8 * key.units + 8 - __builtin_ctz(count));
    if (visitor_.range) visitor_.range({whole, size, view_.at<Range>(range)});
  }

  void octets(Ref table, const Name& owner, uint32_t covered) {
    std::array<uint32_t, kOctets> cover{};
    cover.fill(covered);
    const wire::AddressKey key = wire::key_of_name(owner).value_or(wire::AddressKey{});
    ranges(table, key, 0, kOctets, cover);
    for (unsigned octet = 0; octet < kOctets; ++octet) {
      const Ref ref = view_.octet_child(table, static_cast<uint8_t>(octet));
      if (ref.is_none() || is_declared(ref)) continue;
      const std::string digits = std::to_string(octet);
      Name name = owner;
      if (!name.prepend({reinterpret_cast<const uint8_t*>(digits.data()), digits.size()})) continue;
      if (ref.is_leaf()) {
        leaf<Leaf4>(ref, name);
      } else if (ref.is(Ref::Kind::range)) {
        folded(view_.at<Range>(ref.line()), name);
      } else {
        node(ref.is(Ref::Kind::node) ? ref.line() : ref.line() - 1, name, cover[octet]);
      }
    }
  }

  /// The addresses at and below `owner`, all produced by a rule that replaces records.
  void folded(const Range& range, const Name& owner) {
    const auto key = wire::key_of_name(owner);
    if (!key || key->family != wire::Family::v4) return;  // an apex of another name with the same hash
    if (key->units == 4) {
      std::array<uint8_t, kMaxLeafRecord + 2 * kLeafSlack> record{};
      const size_t size = write_range_record(view_, range, key->address, record.data());
      return visitor_.set({owner, static_cast<uint16_t>(wire::Type::ptr), {record.data(), size}, true});
    }
    for (unsigned octet = 0; octet < kOctets; ++octet) {
      const std::string digits = std::to_string(octet);
      Name name = owner;
      if (name.prepend({reinterpret_cast<const uint8_t*>(digits.data()), digits.size()})) folded(range, name);
    }
  }

  // ip6.arpa

  void nibbles(Ref ref) {
    if (ref.is_leaf()) return leaf6(ref);
    if (ref.is(Ref::Kind::range)) return range6(ref.line());
    const auto& branch = view_.branch(ref);
    if (branch.range != 0) range6(branch.range);
    if (ref.is(Ref::Kind::pairs)) {
      for (unsigned octet = 0; octet < kOctets; ++octet)
        branch_child(branch, view_.pair_child(ref, static_cast<uint8_t>(octet)), 2, octet);
      return;
    }
    for (unsigned nibble = 0; nibble < 16; ++nibble)
      branch_child(branch, view_.nibble_child(ref.line(), nibble), 1,
                   branch.depth % 2 == 0 ? nibble << 4 : nibble);
  }

  /// The entries of a branch `count` nibbles further; `bits` are theirs in their octet.
  void branch_child(const Nibbles& branch, Ref child, unsigned units, unsigned bits) {
    if (child.is_none()) return;
    if (!child.is(Ref::Kind::node)) return nibbles(child);
    wire::AddressKey key{.family = wire::Family::v6, .units = static_cast<uint8_t>(branch.depth + units)};
    std::copy(std::begin(branch.key), std::end(branch.key), key.address.begin());
    uint8_t& last = key.address[branch.depth / 2];
    last = static_cast<uint8_t>(last | bits);
    node(child.line(), wire::name_of_key(key));
  }

  /// Several Refs may lead to one; it is visited at the first.
  void range6(uint32_t line) {
    if (!visitor_.range || !visited_.insert(line).second) return;
    const auto& range = view_.at<Range>(line);
    wire::AddressKey key{.family = wire::Family::v6, .units = 32};
    std::copy(std::begin(range.key), std::end(range.key), key.address.begin());
    visitor_.range({key, range.prefix_size, range});
  }

  void leaf6(Ref ref) {
    const auto& found = *reinterpret_cast<const Leaf6*>(view_.unit(ref.unit()));
    wire::AddressKey key{.family = wire::Family::v6, .units = 32};
    std::copy(std::begin(found.key), std::end(found.key), key.address.begin());
    leaf<Leaf6>(ref, wire::name_of_key(key));
  }

  template <typename Leaf>
  void leaf(Ref ref, const Name& owner) {
    std::array<uint8_t, std::max(kMaxLeafRecord, 2 * kMaxLeafRrsig) + 2 * kLeafSlack> room;
    const auto visit = [&](wire::Type type, size_t size) {
      visitor_.set({owner, static_cast<uint16_t>(type), {room.data(), size}});
    };
    visit(wire::Type::ptr,
          write_leaf_record(view_, *reinterpret_cast<const Leaf*>(view_.unit(ref.unit())), room.data()));
    const SignedLeaf more(view_, ref.unit(), sizeof(Leaf) == sizeof(Leaf6));
    if (!more.is_signed()) return;
    visit(wire::Type::rrsig, more.write_rrsigs(room.data()));
    if (more.has_nsec()) visit(wire::Type::nsec, more.write_nsec(owner.bytes(), room.data()));
  }

  const View& view_;
  uint32_t apex_;
  const Visitor& visitor_;
  std::set<uint32_t> visited_;
};

void visit_nsec3(const View& view, const Zone& zone, const Nsec3Record& record, const Visitor& visitor) {
  Name owner = view.apex(zone);
  if (!owner.prepend(nsec3_label(nsec3_hash_of(record)))) return;
  for (const Rrset* set : {&nsec3_set(record), &nsec3_signatures(record)})
    visitor.set({owner, set->type, View::records(*set)});
}

}  // namespace

void traverse(const View& view, const Zone& zone, const Visitor& visitor) {
  Traversal(view, zone.apex, visitor).node(zone.apex, view.apex(zone));
  if (zone.denial != Denial::nsec3) return;
  each_nsec3(view, zone, [&](const Nsec3Record& record) { visit_nsec3(view, zone, record, visitor); });
}

void traverse(const View& view, const Visitor& visitor) {
  for (const Zone& zone : view.zones()) traverse(view, zone, visitor);
}

}  // namespace ptrd::image
