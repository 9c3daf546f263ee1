// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/traverse.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <tuple>
#include <utility>

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

/// The declared IPv4 ranges whose names are at or below an apex.
std::span<const DeclaredRange> ranges_within(const View& view, const Name& apex) {
  const auto addresses = addresses_below(apex);
  if (!addresses) return {};
  const auto all = view.declared_ranges();
  const auto first = std::partition_point(all.begin(), all.end(), [&](const DeclaredRange& range) {
    return std::pair(addresses_of(range).first, range.bits) < std::pair(addresses->first, addresses->bits);
  });
  const auto end = std::partition_point(first, all.end(), [&](const DeclaredRange& range) {
    return addresses_of(range).first <= addresses->last();
  });
  return {first, end};
}

class Traversal {
 public:
  Traversal(const View& view, const Zone& zone, const Visitor& visitor)
      : view_(view), apex_(zone.apex), zone_(view.at<Node>(zone.apex).zone), visitor_(visitor) {
    if (visitor.range) ranges_ = ranges_within(view, view.apex(zone));
  }

  void all() {
    node(apex_, view_.apex(view_.at<Zone>(zone_)));
    ranges_up_to({.first = UINT32_MAX, .bits = 32});
  }

 private:
  void node(uint32_t line, const Name& owner) {
    const auto& node = view_.at<Node>(line);
    if (is_other_apex(node, line)) {
      if (node.upper != 0) sets(view_.at<Node>(node.upper), owner);
      return;
    }
    sets(node, owner);
    if (node.children.is_octet_table()) {
      octets(node.children, owner);
    } else if (!node.children.is_none()) {
      nibbles(node.children);
    }
    for (const uint32_t child : view_.labelled(node)) {
      const auto& below = view_.at<Node>(child);
      Name name = owner;
      if (name.prepend({below.label, below.label_size})) this->node(child, name);
    }
  }

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

  /// Visits the IPv4 ranges that are due before anything at or below a name: they start before it, or they
  /// enclose it.
  void ranges_up_to(const Addresses4& name) {
    for (; !ranges_.empty(); ranges_ = ranges_.subspan(1)) {
      const DeclaredRange& next = ranges_.front();
      const Addresses4 addresses = addresses_of(next);
      if (std::tuple(addresses.first, addresses.bits) > std::tuple(name.first, name.bits)) return;
      if (next.zone != zone_) continue;  // a deeper zone's
      wire::AddressKey key{.family = wire::Family::v4, .units = 4};
      std::copy(std::begin(next.address), std::end(next.address), key.address.begin());
      visitor_.range({key, next.bits, view_.at<Range>(next.range)});
    }
  }

  void octets(Ref table, const Name& owner) {
    Addresses4 below = addresses_below(owner).value_or(Addresses4());
    const unsigned shift = 24U - std::min<unsigned>(below.bits, 24);  // at most 24 unless an apex is misnamed
    below.bits = static_cast<uint8_t>(below.bits + 8);
    for (unsigned octet = 0; octet < kOctets; ++octet) {
      ranges_up_to({below.first | octet << shift, below.bits});
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
        node(ref.is(Ref::Kind::node) ? ref.line() : ref.line() - 1, name);
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
  uint32_t zone_;
  const Visitor& visitor_;
  std::span<const DeclaredRange> ranges_;  // not visited yet; some are of deeper zones
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
  Traversal(view, zone, visitor).all();
  if (zone.denial != Denial::nsec3) return;
  each_nsec3(view, zone, [&](const Nsec3Record& record) { visit_nsec3(view, zone, record, visitor); });
}

void traverse(const View& view, const Visitor& visitor) {
  for (const Zone& zone : view.zones()) traverse(view, zone, visitor);
}

}  // namespace ptrd::image
