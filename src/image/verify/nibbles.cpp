// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <bit>

#include "image/verify/tree.hpp"
#include "ptrd/image/name_hash.hpp"
#include "ptrd/image/range.hpp"

namespace ptrd::image {

using wire::Family;

void TreeCheck::check_range6(uint32_t line, const Place& place, size_t user) {
  expect(place.zone != 0, "a range outside all zones", user);
  const Range& range = common_.ranges.at(view_, line, Family::v6, user);
  expect(range.prefix_size <= 4U * place.units && has_prefix(place.key, range.key, range.prefix_size),
         "a misplaced range", user);
  expect(line == place.cover || range.prefix_size >= place.least_bits,
         "a range that encloses too many addresses", user);
}

unsigned TreeCheck::nibble_of(const uint8_t* key, unsigned i) {
  return i % 2 == 0 ? key[i / 2] >> 4 : key[i / 2] & 15U;
}

void TreeCheck::expect_key(const uint8_t* key, const Place& place, size_t line) {
  for (unsigned i = 0; i < place.units; ++i) {
    expect(nibble_of(key, i) == nibble_of(place.key.data(), i), "a misplaced address", line);
  }
}

Place TreeCheck::nibble_step(const Place& up, unsigned nibble) const {
  Place place = step(up, 1, hash_below(header().index_key, up.hash, "0123456789abcdef"[nibble]));
  uint8_t& byte = place.key[up.units / 2];
  byte = static_cast<uint8_t>(byte | (up.units % 2 == 0 ? nibble << 4 : nibble));
  ++place.units;
  return place;
}

void TreeCheck::check_nibbles(Ref ref, const Place& up, bool below_branch) {
  if (ref.is_leaf()) {
    const auto& leaf = common_.data.check_leaf<Leaf6>(ref.unit(), up.zone);
    return expect_key(leaf.key, up, ref.unit() / kUnitsPerLine);
  }
  const uint32_t line = ref.line();
  if (ref.is(Ref::Kind::range)) return check_range6(line, up, line);
  expect(ref.is_branch(), "the kind of a step", line);
  if (ref.is(Ref::Kind::pairs)) {
    expect(ref.table() > 0, "a branch", line);
    check_branch(ref, ref.table() - 1, up, below_branch);
  } else {
    check_branch(ref, line, up, below_branch);
  }
}

void TreeCheck::check_branch(Ref ref, uint32_t line, const Place& up, bool below_branch) {
  const bool pairs = ref.is(Ref::Kind::pairs);
  const auto& branch = view_.at<Nibbles>(line, "a branch");
  expect(branch.depth >= up.units && branch.depth < 32, "the depth of a branch", line);
  expect(!pairs || branch.depth == 2 * ref.octet(), "the depth of a branch", line);
  expect(branch.count != 0 && branch.count == std::popcount(branch.present), "the children of a branch",
         line);
  claim(line, pairs ? 1 + kPairLines : branch.count > Nibbles::kMax ? 2 : 1, "a branch");
  expect_key(branch.key, up, line);
  for (unsigned i = branch.depth; i < 32; ++i)
    expect(nibble_of(branch.key, i) == 0, "nonzero bits after a branch's key", line);
  if (branch.range != 0) check_range6(branch.range, up, line);
  // Only a Node may end a range.
  expect(branch.range != 0 || up.cover == 0 || !below_branch, "a branch that leaves a range", line);
  Place place = up;
  place.cover = branch.range;
  // No Range starts between two nibbles that are consumed together, nor within the nibble of an only child,
  // which a walk does not compare.
  place.least_bits = 4U * branch.depth + (pairs ? 5 : branch.count == 1 ? 4 : 1);
  while (place.units < branch.depth) place = nibble_step(place, nibble_of(branch.key, place.units));
  for (unsigned nibble = 0; nibble < 16; ++nibble) {
    const bool present = (branch.present >> nibble & 1) != 0;
    if (pairs) {
      expect(check_row(ref, nibble, place, line) == present, "the children of a branch", line);
      continue;
    }
    const Ref child = nibble_child(branch, line, nibble);
    expect(child.is_none() != present, "the children of a branch", line);
    if (present) check_child(child, nibble, place, line);
  }
}

Ref TreeCheck::nibble_child(const Nibbles& branch, uint64_t line, unsigned nibble) const {
  if (branch.count > Nibbles::kMax) return view_.at<NibbleLine>(line + 1, "a branch").ref[nibble];
  return View::nibble_child(branch, nibble);
}

bool TreeCheck::check_row(Ref branch, unsigned first, const Place& up, uint32_t line) {
  const Place place = nibble_step(up, first);
  const auto& table = view_.at<PairTable>(branch.table(), "a branch");
  bool any = false;
  for (unsigned second = 0; second < 16; ++second) {
    const Ref child = table.ref[first << 4 | second];
    if (child.is_none()) continue;
    any = true;
    check_child(child, second, place, line);
  }
  return any;
}

void TreeCheck::check_child(Ref ref, unsigned nibble, const Place& up, uint32_t line) {
  expect(!ref.is_branch() || up.units + 1 < 32, "a branch below an address", line);
  if (defers_ && !ref.is_leaf()) {
    deferred_.push_back({ref, static_cast<uint8_t>(nibble), up, line});
  } else {
    check_below_nibble(ref, nibble, up);
  }
}

void TreeCheck::check_below_nibble(Ref ref, unsigned nibble, const Place& up) {
  const Place place = nibble_step(up, nibble);
  if (ref.kind() == Ref::Kind::node) {
    const auto digit = static_cast<uint8_t>("0123456789abcdef"[nibble]);
    check_node(ref.line(), place, {&digit, 1}, up.node);
  } else {
    check_nibbles(ref, place, true);
  }
}

}  // namespace ptrd::image
