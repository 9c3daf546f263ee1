// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/walk6.hpp"

#include <algorithm>
#include <bit>

#include "answer/denial.hpp"
#include "ptrd/image/range.hpp"

namespace ptrd::answer {

using image::Ref;

namespace {

constexpr uint8_t kEndsWalk = image::node_flag::cut | image::node_flag::dname;

unsigned nibble_at(const std::array<uint64_t, 2>& address, unsigned i) {
  return static_cast<unsigned>(std::rotl(address[i / 16], static_cast<int>(4 * i + 4))) & 15;
}

}  // namespace

Start6 start6(const image::View& view) {
  Start6 start;
  if (view.lines().empty()) return start;
  start.ref = view.header().v6;
  while (start.ref.is(Ref::Kind::nibbles) && view.branch(start.ref).count == 1) {
    const image::Nibbles& branch = view.branch(start.ref);
    const auto nibble = static_cast<unsigned>(std::countr_zero(branch.present));
    std::copy(std::begin(branch.key), std::end(branch.key), start.key.begin());
    uint8_t& octet = start.key[branch.depth / 2];
    octet = static_cast<uint8_t>(octet | (branch.depth % 2 == 0 ? nibble << 4 : nibble));
    start.skipped = start.branch = start.ref;
    start.ref = image::View::nibble_child(branch, nibble);
  }
  if (!start.ref.is(Ref::Kind::node)) return start;
  const auto& node = view.at<image::Node>(start.ref.line());
  if ((node.flags & kEndsWalk) != 0 || node.children.is_none()) return start;
  start.node = start.ref.line();
  start.node_branch = std::exchange(start.branch, {});
  start.ref = node.children;
  return start;
}

void Walk6::aim_elsewhere(Query& query, Ref ref) {
  if (ref.is_none()) return miss(query);
  if (ref.is(Ref::Kind::range)) {
    query.record = ref;
    return ranges_.add(query, &view_.at<image::Range>(ref.line()));
  }
  query.encloser = ref.line();
  query.encloser_branch = std::exchange(query.branch, {});
  nodes_.add(query, &view_.at<image::Node>(ref.line()));
}

void Walk6::further_steps() {
  while (tables_.count + branches_.count + nodes_.count > 0) {
    tables_.take([this](Query& query) { aim(query, *static_cast<const Ref*>(query.step)); });
    branches_.take([this](Query& query) {
      const auto& branch = *static_cast<const image::Nibbles*>(query.step);
      aim(query, image::View::nibble_child(branch, nibble_at(query.name.v6, branch.depth)));
    });
    nodes_.take([this](Query& query) {
      const auto& node = *static_cast<const image::Node*>(query.step);
      if ((node.flags & kEndsWalk) == 0) {
        aim(query, node.children);
      } else {
        query.path = Query::Path::general;
      }
    });
  }
  leaves_.take([this](Query& query) {
    const auto& leaf = *static_cast<const image::Leaf6*>(query.step);
    const bool same = wire::load_raw<uint64_t>(leaf.key) == __builtin_bswap64(query.name.v6[0]) &&
                      wire::load_raw<uint64_t>(leaf.key + 8) == __builtin_bswap64(query.name.v6[1]);
    if (!same)
      miss(query);
    else if (query.dnssec_ok)
      view_.prefetch_unit(query.record.unit() + image::kUnitsPerLine);  // signatures
  });
  ranges_.take([](Query& query) {
    const auto& range = *static_cast<const image::Range*>(query.step);
    if (!image::has_prefix(image::range_address(query.name.v6), range.key, range.prefix_size))
      query.path = Query::Path::general;
  });
}

void Walk6::miss(Query& query) {
  const uint32_t range = query.branch.is_none() ? 0 : view_.branch(query.branch).range;
  if (range != 0) {
    query.record = Ref::line(Ref::Kind::range, range);
    ranges_.add(query, &view_.at<image::Range>(range));
  } else if (encloser_is_above(query)) {
    deny_below(view_, query, query.encloser, denied_);
  } else {
    query.path = Query::Path::general;
  }
}

// It does if the address and the last branch diverge below the Node, or not at all.
bool Walk6::encloser_is_above(const Query& query) const {
  if (query.encloser == 0 || query.encloser_branch.is_none()) return false;
  const image::Nibbles& above = view_.branch(query.encloser_branch);
  const unsigned depth = above.depth + (query.encloser_branch.is(Ref::Kind::pairs) ? 2U : 1U);
  if (depth >= 32) return false;
  const image::RangeAddress address = image::range_address(query.name.v6);
  const auto agrees = [&](const image::Nibbles& branch) {
    return image::has_prefix(address, branch.key, 4 * std::min<unsigned>(depth, branch.depth));
  };
  if (!query.branch.is_none()) return agrees(view_.branch(query.branch));
  if (query.encloser_branch == start_.skipped)
    return image::has_prefix(address, start_.key.data(), 4 * depth);
  return agrees(above);
}

}  // namespace ptrd::answer
