// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/traverse.hpp"

#include <array>

#include "ptrd/image/leaf.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

namespace {

using wire::Bytes;
using wire::Name;

class Traversal {
 public:
  Traversal(const View& view, uint32_t apex, const std::function<void(const OwnedSet&)>& visit)
      : view_(view), apex_(apex), visit_(visit) {}

  void node(uint32_t line, const Name& owner) {
    const auto& node = view_.at<Node>(line);
    // At a deeper zone's apex only DS is this zone's, and nothing below.
    const bool other_zone = (node.flags & node_flag::apex) != 0 && line != apex_;
    const Rrset* set = node.rrset_count == 0 ? nullptr : view_.first_rrset(node);
    for (unsigned i = 0; i < node.rrset_count; ++i, set = View::next(set)) {
      const bool is_ds = set->type == static_cast<uint16_t>(wire::Type::ds);
      const bool ours = other_zone ? is_ds : !(is_ds && line == apex_);
      if (ours) visit_({owner, set->type, View::records(*set)});
    }
    if (other_zone) return;
    if (!node.children.is_none()) children(node.children, owner);
    for (uint32_t child = node.first_child; child != 0; child = view_.at<Node>(child).next_sibling) {
      const auto& below = view_.at<Node>(child);
      Name name = owner;
      if (name.prepend({below.label, below.label_size})) this->node(child, name);
    }
  }

 private:
  void children(Ref ref, const Name& owner) {
    if (ref.kind() == Ref::Kind::octets || ref.kind() == Ref::Kind::few_octets) {
      for (unsigned octet = 0; octet < 256; ++octet)
        this->octet(view_.octet_child(ref, static_cast<uint8_t>(octet)), octet, owner);
    } else if (ref.is_leaf()) {
      leaf6(ref);
    } else {
      for (unsigned nibble = 0; nibble < 16; ++nibble) {
        const Ref child = view_.nibble_child(ref.line(), nibble);
        if (child.is_none()) continue;
        if (child.kind() != Ref::Kind::node) {
          children(child, owner);
          continue;
        }
        const auto& branch = view_.at<Nibbles>(ref.line());
        wire::AddressKey key{.family = wire::Family::v6, .units = static_cast<uint8_t>(branch.depth + 1)};
        std::copy(std::begin(branch.key), std::end(branch.key), key.address.begin());
        uint8_t& last = key.address[branch.depth / 2];
        last = static_cast<uint8_t>(last | (branch.depth % 2 == 0 ? nibble << 4 : nibble));
        node(child.line(), wire::name_of_key(key));
      }
    }
  }

  void octet(Ref ref, unsigned octet, const Name& owner) {
    if (ref.is_none()) return;
    const std::string digits = std::to_string(octet);
    Name name = owner;
    if (!name.prepend({reinterpret_cast<const uint8_t*>(digits.data()), digits.size()})) return;
    if (ref.is_leaf()) {
      leaf(*reinterpret_cast<const Leaf4*>(view_.unit(ref.unit())), name);
    } else {
      node(ref.kind() == Ref::Kind::node ? ref.line() : ref.line() - 1, name);
    }
  }

  void leaf6(Ref ref) {
    const auto& found = *reinterpret_cast<const Leaf6*>(view_.unit(ref.unit()));
    wire::AddressKey key{.family = wire::Family::v6, .units = 32};
    std::copy(std::begin(found.key), std::end(found.key), key.address.begin());
    leaf(found, wire::name_of_key(key));
  }

  template <typename Leaf>
  void leaf(const Leaf& leaf, const Name& owner) {
    std::array<uint8_t, kMaxLeafRecord + 2 * kLeafSlack> record{};
    const size_t size = write_leaf_record(view_, leaf, record.data());
    visit_({owner, static_cast<uint16_t>(wire::Type::ptr), {record.data(), size}});
  }

  const View& view_;
  uint32_t apex_;
  const std::function<void(const OwnedSet&)>& visit_;
};

}  // namespace

void traverse(const View& view, const Zone& zone, const std::function<void(const OwnedSet&)>& visit) {
  Traversal(view, zone.apex, visit).node(zone.apex, Name::from_wire(view.zone_name(zone)).value_or(Name()));
}

}  // namespace ptrd::image
