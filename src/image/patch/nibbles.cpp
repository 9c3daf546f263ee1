// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Names in ip6.arpa: branches, which skip the nibbles that all names below them share. What is at the name's
// own nibbles is the target.
#include <algorithm>
#include <bit>

#include "image/patch/editor.hpp"
#include "image/patch/name_sets.hpp"

namespace ptrd::image {

namespace {

unsigned nibble_of(const uint8_t* key, unsigned i) {
  return i % 2 == 0 ? key[i / 2] >> 4 : key[i / 2] & 15U;
}

/// The leading nibbles that two keys share, at most so many.
unsigned shared(const uint8_t* a, const uint8_t* b, unsigned most) {
  unsigned count = 0;
  while (count < most && nibble_of(a, count) == nibble_of(b, count)) ++count;
  return count;
}

}  // namespace

/// What is below a place `units` nibbles down. `cover`: the range of the branch above.
Ref Editor::nibbles(Ref ref, unsigned units, uint32_t cover) {
  if (units == key_count_) return target(ref, cover);
  if (ref.is(Ref::Kind::node)) {
    const Place place{.tree = Place::Tree::ip6, .units = static_cast<uint8_t>(units)};
    return at_node({.line = ref.line(), .depth = units + 2, .place = place, .cover = cover});
  }
  if (ref.is_none() || ref.is(Ref::Kind::range)) {
    const uint32_t range = ref.is_none() ? cover : ref.line();
    const Ref made = target(Ref(), range);
    return made.is_none() ? ref : above_target(made, units, range);
  }
  if (ref.is_leaf()) {
    const auto& leaf = *reinterpret_cast<const Leaf6*>(view_.unit(ref.unit()));
    const unsigned depth = shared(key_.data(), leaf.key, key_count_);
    if (depth == key_count_) return above_target(target(ref, cover), units, cover);
    const unsigned old_nibble = nibble_of(leaf.key, depth);
    const Ref made = target(Ref(), cover);
    return made.is_none() ? ref : fork(depth, ref, old_nibble, above_target(made, depth + 1, cover), cover);
  }
  const Nibbles branch = view_.branch(ref);
  const unsigned depth = shared(key_.data(), branch.key, std::min<unsigned>(key_count_, branch.depth));
  if (depth < branch.depth) {
    if (depth == key_count_) return above_target(target(ref, branch.range), units, branch.range);
    const Ref made = target(Ref(), branch.range);
    if (made.is_none()) return ref;
    return fork(depth, ref, nibble_of(branch.key, depth), above_target(made, depth + 1, branch.range),
                branch.range);
  }
  if (key_count_ == depth) return above_target(target(ref, branch.range), units, branch.range);
  if (ref.is(Ref::Kind::nibbles)) {
    const Ref child = View::nibble_child(view_.at<Nibbles>(ref.line()), nibble(depth));
    return set_nibble(ref.line(), nibble(depth), nibbles(child, depth + 1, branch.range), cover);
  }
  if (key_count_ == depth + 1) return nibbles(unpaired(ref), units, cover);
  const Ref child = view_.pair_child(ref, key_[depth / 2]);
  return set_pair(ref, key_[depth / 2], nibbles(child, depth + 2, branch.range), cover);
}

/// The name itself; `old` is what was at or below it.
Ref Editor::target(Ref old, uint32_t cover) {
  const unsigned depth = key_count_ + 2;
  const Place place{.tree = Place::Tree::ip6, .units = static_cast<uint8_t>(key_count_)};
  if (old.is(Ref::Kind::node))
    return at_node({.line = old.line(), .depth = depth, .place = place, .cover = cover});
  const bool whole = key_count_ == 32;
  if (whole && old.is(Ref::Kind::range)) throw NeedsCompile("an address that is a range of its own");
  if (whole && depth == this->depth() && (sets_.empty() || is_leaf())) {
    if (old.is_leaf()) free_leaf(old);
    return sets_.empty() ? Ref() : make_leaf();
  }
  if (sets_.empty()) return old;
  const uint32_t child = make_node(label(depth), above_, 1);
  if (whole && old.is_leaf()) {
    wire::Name name;
    (void)name.assign(owner_.bytes().subspan(labels_.offset[labels_.count - depth]));
    store(child, read_leaf(view_, old.unit(), name));
    free_leaf(old);
  } else if (!whole) {
    const Ref range = cover == 0 ? Ref() : Ref::line(Ref::Kind::range, cover);
    lines_.edit<Node>(child).children = old.is_none() ? range : old;
    set_parent_in(old, child);
  }
  return at_node({.line = child, .depth = depth, .place = place, .cover = cover});
}

/// What leads to the target from a place `units` nibbles down: a Node, and in a range a leaf, need a branch
/// directly above.
Ref Editor::above_target(Ref made, unsigned units, uint32_t cover) {
  const bool direct = made.is(Ref::Kind::node) || (made.is_leaf() && cover != 0);
  if (!direct || units == key_count_) return made;
  std::array<Ref, 16> children{};
  children[nibble(key_count_ - 1)] = made;
  return Ref::line(Ref::Kind::nibbles, make_branch(key_count_ - 1, key_.data(), cover, children));
}

/// A branch where the target leaves the way to what was there before.
Ref Editor::fork(unsigned depth, Ref old, unsigned old_nibble, Ref made, uint32_t range) {
  std::array<Ref, 16> children{};
  children[old_nibble] = old;
  children[nibble(depth)] = made;
  return Ref::line(Ref::Kind::nibbles, make_branch(depth, key_.data(), range, children));
}

uint32_t Editor::make_branch(unsigned depth, const uint8_t* key, uint32_t range,
                             const std::array<Ref, 16>& children) {
  Nibbles branch{.depth = static_cast<uint8_t>(depth), .range = range};
  std::array<Ref, Nibbles::kMax> packed{};
  for (unsigned nibble = 0; nibble < children.size(); ++nibble) {
    if (children[nibble].is_none()) continue;
    if (branch.count < Nibbles::kMax) packed[branch.count] = children[nibble];
    branch.present = static_cast<uint16_t>(branch.present | 1U << nibble);
    ++branch.count;
  }
  std::copy_n(key, depth / 2, branch.key);
  if (depth % 2 != 0) branch.key[depth / 2] = key[depth / 2] & 0xF0;
  const bool wide = branch.count > Nibbles::kMax;
  if (!wide) std::copy(packed.begin(), packed.end(), branch.ref);
  const uint32_t line = lines_.take_lines(wide ? 2 : 1);
  lines_.edit<Nibbles>(line) = branch;
  if (wide) std::copy(children.begin(), children.end(), lines_.edit<NibbleLine>(line + 1).ref);
  return line;
}

void Editor::free_branch(Ref branch) {
  if (branch.is(Ref::Kind::pairs)) return lines_.free_lines(branch.table() - 1, 1 + kPairLines);
  lines_.free_lines(branch.line(), view_.branch(branch).count > Nibbles::kMax ? 2 : 1);
}

/// Whether a Ref may be some nibbles further up as well: a branch or a leaf in no range.
bool Editor::is_free_of_ranges(Ref ref) const {
  return ref.is_leaf() || (ref.is_branch() && view_.branch(ref).range == 0);
}

/// Sets the Ref of a nibble at a branch of which that much remains: what is left if it has no children, or
/// one that needs no branch.
Ref Editor::set_nibble(uint32_t line, unsigned nibble, Ref ref, uint32_t cover) {
  const Ref self = Ref::line(Ref::Kind::nibbles, line);
  const Nibbles old = view_.at<Nibbles>(line);
  std::array<Ref, 16> children{};
  for (unsigned i = 0; i < children.size(); ++i) children[i] = View::nibble_child(view_.at<Nibbles>(line), i);
  if (children[nibble] == ref) return self;
  const bool same_count = !children[nibble].is_none() && !ref.is_none();
  children[nibble] = ref;
  if (same_count) {
    if (old.count > Nibbles::kMax) {
      lines_.edit<NibbleLine>(line + 1).ref[nibble] = ref;
    } else {
      const unsigned before = old.present & ((1U << nibble) - 1);
      lines_.edit<Nibbles>(line).ref[std::popcount(before)] = ref;
    }
    return self;
  }
  free_branch(self);
  const auto count = std::count_if(children.begin(), children.end(), [](Ref r) { return !r.is_none(); });
  if (count == 0)
    return old.range == cover || old.range == 0 ? Ref() : Ref::line(Ref::Kind::range, old.range);
  if (count == 1 && old.range == 0) {
    const Ref only = *std::find_if(children.begin(), children.end(), [](Ref r) { return !r.is_none(); });
    if (is_free_of_ranges(only)) return only;
  }
  return Ref::line(Ref::Kind::nibbles, make_branch(old.depth, old.key, old.range, children));
}

/// The same of an octet at a branch that takes two nibbles.
Ref Editor::set_pair(Ref branch, uint8_t octet, Ref ref, uint32_t cover) {
  if (view_.pair_child(branch, octet) == ref) return branch;
  const unsigned first = octet >> 4;
  Ref* const refs = lines_.edit_refs(branch.table() + first);
  refs[octet & 15] = ref;
  const bool any = std::any_of(refs, refs + 16, [](Ref r) { return !r.is_none(); });
  auto& head = lines_.edit<Nibbles>(branch.table() - 1);
  const unsigned bit = 1U << first;
  head.present = static_cast<uint16_t>(any ? head.present | bit : head.present & ~bit);
  head.count = static_cast<uint8_t>(std::popcount(head.present));
  if (head.count > 0) return branch;
  const uint32_t range = head.range;
  free_branch(branch);
  return range == cover || range == 0 ? Ref() : Ref::line(Ref::Kind::range, range);
}

/// A branch that takes two nibbles as several that take one.
Ref Editor::unpaired(Ref branch) {
  const Nibbles old = view_.branch(branch);
  std::array<Ref, 256> refs{};
  for (unsigned octet = 0; octet < refs.size(); ++octet)
    refs[octet] = view_.pair_child(branch, static_cast<uint8_t>(octet));
  std::array<Ref, 16> children{};
  std::array<uint8_t, 16> key{};
  std::copy(std::begin(old.key), std::end(old.key), key.begin());
  for (unsigned first = 0; first < children.size(); ++first) {
    std::array<Ref, 16> below{};
    std::copy_n(refs.begin() + 16 * first, 16, below.begin());
    const auto count = std::count_if(below.begin(), below.end(), [](Ref r) { return !r.is_none(); });
    if (count == 0) continue;
    const Ref only = *std::find_if(below.begin(), below.end(), [](Ref r) { return !r.is_none(); });
    key[old.depth / 2] = static_cast<uint8_t>(first << 4);
    const bool bare = count == 1 && old.range == 0 && is_free_of_ranges(only);
    children[first] =
        bare ? only
             : Ref::line(Ref::Kind::nibbles, make_branch(old.depth + 1U, key.data(), old.range, below));
  }
  const uint32_t line = make_branch(old.depth, old.key, old.range, children);
  free_branch(branch);
  return Ref::line(Ref::Kind::nibbles, line);
}

}  // namespace ptrd::image
