// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/proof/nibble_proof.hpp"

#include <bit>

#include "answer/nibble_walk.hpp"

namespace ptrd::answer {

using image::Node;
using image::Ref;

namespace {

namespace flag = image::node_flag;

constexpr unsigned kTop = 2;  // labels above an address's first nibble

void set_nibble(std::array<uint8_t, 16>& key, unsigned i, unsigned nibble) {
  uint8_t& octet = key[i / 2];
  octet = static_cast<uint8_t>(i % 2 == 0 ? (octet & 0x0F) | nibble << 4 : (octet & 0xF0) | nibble);
}

/// The last of the nibbles in a bitmap, which is not empty.
unsigned last_of(unsigned nibbles) {
  return static_cast<unsigned>(std::bit_width(nibbles)) - 1;
}

/// The last octet before `end` with the same first nibble, at a branch that consumes both; less than that
/// first nibble's octets: none.
int pair_before(const image::View& view, Ref pairs, unsigned end) {
  int octet = static_cast<int>(end) - 1;
  const int first = static_cast<int>((end == 0 ? 0 : (end - 1) & 0xF0));
  while (octet >= first && view.pair_child(pairs, static_cast<uint8_t>(octet)).is_none()) --octet;
  return octet >= first ? octet : -1;
}

}  // namespace

/// Goes on at the Node of the current name. False: names below are not only those of addresses.
bool NibbleProof::pass(uint32_t line) {
  const auto& node = view_.at<Node>(line);
  const bool deeper = (node.flags & flag::apex) != 0 && depth_ != top_;
  return !deeper && (node.flags & (flag::cut | flag::dname)) == 0 && node.labelled == 0;
}

/// The closest encloser, and the last name before the one below it.
bool NibbleProof::end(unsigned encloser, const Before& next) {
  encloser_ = static_cast<uint8_t>(encloser);
  before_next_ = next;
  return true;
}

bool NibbleProof::find(const image::Zone& zone, const wire::QuestionName& address, uint32_t) {
  if (zone.label_count < kTop) return false;
  top_ = depth_ = static_cast<uint8_t>(zone.label_count - kTop);
  wire::store_raw(address_.data(), __builtin_bswap64(address.v6[0]));
  wire::store_raw(address_.data() + 8, __builtin_bswap64(address.v6[1]));
  uint32_t line = zone.apex;
  while (pass(line)) {
    const auto& node = view_.at<Node>(line);
    if (node.rrset_count > 0) before_below_ = {.node = line, .shared = depth_};
    Ref ref = node.children;
    if (ref.is_none()) return end(depth_, before_below_);
    while (!ref.is(Ref::Kind::node)) {
      if (!ref.is_leaf() && !ref.is_branch()) return false;
      if (!descend(ref)) return ref.is_none();
    }
    line = ref.line();
  }
  return false;
}

/// Goes on below a branch or leaf. False: the way ends here; with no `ref`, the closest encloser is found.
bool NibbleProof::descend(Ref& ref) {
  const bool leaf = ref.is_leaf();
  const image::Nibbles* const branch = leaf ? nullptr : &view_.branch(ref);
  const uint8_t* const key =
      leaf ? reinterpret_cast<const image::Leaf6*>(view_.unit(ref.unit()))->key : branch->key;
  unsigned depth = leaf ? 32 : branch->depth;
  const auto nibble_of = [](const uint8_t* of, unsigned i) -> unsigned {
    return i % 2 == 0 ? of[i / 2] >> 4 : of[i / 2] & 15;
  };
  const auto finish = [&](unsigned encloser, const Before& next) {
    ref = {};
    return !end(encloser, next);
  };
  const unsigned common = common_nibbles(address_.data(), key);
  if (common < depth) {  // all of this is before the address or behind it
    const bool before = nibble_of(address_.data(), common) > nibble_of(key, common);
    return finish(common,
                  before ? Before{.ref = ref, .shared = static_cast<uint8_t>(common)} : before_below_);
  }
  if (leaf) return false;
  const auto shared = static_cast<uint8_t>(depth);
  const unsigned nibble = nibble_of(address_.data(), depth);
  const unsigned smaller = branch->present & ((1U << nibble) - 1);
  const bool pairs = ref.is(Ref::Kind::pairs);
  Before next = before_below_;
  if (smaller != 0 && pairs) {
    const auto octet = static_cast<uint8_t>(pair_before(view_, ref, (last_of(smaller) + 1) << 4));
    next = {.ref = view_.pair_child(ref, octet), .shared = shared, .more = 2, .last = octet};
  } else if (smaller != 0) {
    const auto last = static_cast<uint8_t>(last_of(smaller));
    next = {.ref = image::View::nibble_child(*branch, last), .shared = shared, .more = 1, .last = last};
  }
  if ((branch->present >> nibble & 1) == 0) return finish(depth, next);
  before_below_ = next;
  if (!pairs) {
    ref = image::View::nibble_child(*branch, nibble);
    depth_ = static_cast<uint8_t>(depth + 1);
    return true;
  }
  const uint8_t octet = address_[depth / 2];
  if ((octet & 15) != 0) {
    const int before = pair_before(view_, ref, octet);
    if (before >= 0) {
      const auto last = static_cast<uint8_t>(before & 15);
      next = {.ref = view_.pair_child(ref, static_cast<uint8_t>(before)),
              .shared = static_cast<uint8_t>(depth + 1),
              .more = 1,
              .last = last};
    }
  }
  const Ref child = view_.pair_child(ref, octet);
  if (child.is_none()) return finish(depth + 1, next);
  before_below_ = next;
  ref = child;
  depth_ = static_cast<uint8_t>(depth + 2);
  return true;
}

bool NibbleProof::resolve(const Before& before, Cover& cover) const {
  cover = {.node = before.node, .units = before.shared, .shared = before.shared, .key = address_};
  if (before.node != 0) return true;
  if (before.ref.is_none()) return false;
  cover.units = static_cast<uint8_t>(before.shared + before.more);
  if (before.more == 2) {
    cover.key[before.shared / 2] = before.last;
  } else if (before.more == 1) {
    set_nibble(cover.key, before.shared, before.last);
  }
  return last(before.ref, cover);
}

/// The last name at or below `ref`.
bool NibbleProof::last(Ref ref, Cover& cover) const {
  while (!ref.is_leaf()) {
    if (ref.is(Ref::Kind::node)) {
      const auto& node = view_.at<Node>(ref.line());
      if ((node.flags & flag::apex) != 0) return false;
      // What is below a cut or a DNAME is not the zone's.
      const bool cut = (node.flags & (flag::cut | flag::dname)) != 0;
      if (cut || (node.children.is_none() && node.labelled == 0)) {
        cover.node = ref.line();
        return node.rrset_count > 0;
      }
      if (node.labelled != 0) return false;
      ref = node.children;
      continue;
    }
    if (!ref.is_branch()) return false;
    const image::Nibbles& branch = view_.branch(ref);
    const unsigned nibble = last_of(branch.present);
    std::copy(std::begin(branch.key), std::end(branch.key), cover.key.begin());
    if (ref.is(Ref::Kind::pairs)) {
      const auto octet = static_cast<uint8_t>(pair_before(view_, ref, (nibble + 1) << 4));
      cover.key[branch.depth / 2] = octet;
      cover.units = static_cast<uint8_t>(branch.depth + 2);
      ref = view_.pair_child(ref, octet);
    } else {
      set_nibble(cover.key, branch.depth, nibble);
      cover.units = static_cast<uint8_t>(branch.depth + 1);
      ref = image::View::nibble_child(branch, nibble);
    }
  }
  const auto& leaf = *reinterpret_cast<const image::Leaf6*>(view_.unit(ref.unit()));
  std::copy(std::begin(leaf.key), std::end(leaf.key), cover.key.begin());
  cover.leaf = ref.unit();
  cover.units = 32;
  return true;
}

}  // namespace ptrd::answer
