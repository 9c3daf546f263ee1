// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/proof/nsec_search.hpp"

#include <algorithm>

#include "answer/nibble_walk.hpp"
#include "ptrd/image/signed_leaf.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::answer {

using image::Node;
using image::Position;
using wire::Bytes;

namespace {

constexpr auto kNsec = static_cast<uint16_t>(wire::Type::nsec);

}  // namespace

NsecSearch::NsecSearch(const image::View& view, uint32_t zone, Bytes name, const Position& at, unsigned steps)
    : view_(view),
      zone_(view.at<image::Zone>(zone)),
      zone_line_(zone),
      name_(name),
      labels_(name),
      at_(at),
      most_(steps) {}

/// Sets the path to `at_`: up from there, by the parents of Nodes; but the Node above a nibble may be that of
/// a name several labels above, so nibbles are passed from the apex down.
void NsecSearch::start() {
  const unsigned top = zone_.label_count;
  const auto label = [&](unsigned depth) { return labels_.label(name_, labels_.count - top - depth); };
  const auto child = [&](unsigned depth, const Position& at) { path_[depth] = {at, label(depth)}; };
  path_[0].at = {.labels = zone_.label_count, .index = zone_.apex};
  depth_ = own_ = at_.labels - top;
  unsigned left = depth_;
  for (Position at = at_; left > 0 && at.kind == Position::Kind::node; --left) {
    const uint32_t parent = view_.at<Node>(at.index).parent;
    if (has_nibbles(view_, view_.at<Node>(parent).children) && wire::nibble_of_label(label(left))) break;
    child(left, at);
    at = {.labels = static_cast<uint8_t>(at.labels - 1), .index = parent};
  }
  for (unsigned depth = 1; depth <= left; ++depth)
    child(depth, view_.child(path_[depth - 1].at, label(depth)).value_or(at_));
}

/// Whether the names below the current one are the zone's.
bool NsecSearch::is_open() const {
  const Position& at = path_[depth_].at;
  if (at.kind != Position::Kind::node) return at.kind == Position::Kind::path;
  const uint8_t flags = view_.at<Node>(at.index).flags;
  if ((flags & (image::node_flag::cut | image::node_flag::dname)) != 0) return false;
  return depth_ == 0 || (flags & image::node_flag::apex) == 0;
}

/// Whether the zone has an NSEC at the current name; if so, says where.
bool NsecSearch::nsec_here(Cover& cover) const {
  const Position& at = path_[depth_].at;
  cover = {.labels = static_cast<uint8_t>(zone_.label_count + depth_),
           .shared = static_cast<uint8_t>(zone_.label_count + std::min(own_, depth_))};
  if (at.kind == Position::Kind::leaf) {
    cover.leaf = at.index;
    return image::SignedLeaf(view_, at).has_nsec();
  }
  if (at.kind != Position::Kind::node) return false;
  cover.node = at.index;
  if (depth_ > 0 && (view_.at<Node>(cover.node).flags & image::node_flag::apex) != 0)
    cover.node = view_.at<Node>(cover.node).upper;
  if (cover.node == 0) return false;
  const auto& node = view_.at<Node>(cover.node);
  return node.zone == zone_line_ && view_.find_rrset(node, kNsec) != nullptr;
}

/// Goes down to the last name below the current one whose label is before `bound`. `from`: the line of the
/// Node with that label; 0: unknown. Returns false if there is none.
bool NsecSearch::go_below(const Bound& bound, uint32_t from) {
  if (!is_open() || depth_ == wire::kMaxLabels) return false;
  const Position& here = path_[depth_].at;
  if (here.kind != Position::Kind::node || !view_.at<Node>(here.index).children.is_none()) {
    const auto below = last_before(here, bound);
    if (below) path_[++depth_] = *below;
    return below.has_value();
  }
  // Most names that lead to one another over many labels: nothing but ordinary labels below.
  const auto& node = view_.at<Node>(here.index);
  const auto all = view_.labelled(node);
  if (all.empty() || all.front() == from) return false;
  const uint32_t line = bound ? labelled_before(view_, node, bound) : all.back();
  if (line == 0) return false;
  const auto& below = view_.at<Node>(line);
  path_[depth_ + 1] = {{.labels = static_cast<uint8_t>(here.labels + 1), .index = line},
                       {below.label, below.label_size}};
  ++depth_;
  return true;
}

/// Goes back from the current name and what is below it with a label that is not before `bound`, to the next
/// name that has an NSEC.
NsecSearch::Cover NsecSearch::back(Bound bound) {
  Cover cover;
  uint32_t from = 0;
  const unsigned end = std::min(most_, steps_ + kMaxSteps);
  for (; steps_ < end; ++steps_) {
    if (go_below(bound, from)) {
      bound.reset();
      from = 0;
      continue;
    }
    if (steps_ >= end) break;
    if (nsec_here(cover)) return cover;
    if (depth_ == 0) break;
    const Child& last = path_[depth_--];
    bound = last.label;
    from = last.at.kind == Position::Kind::node ? last.at.index : 0;
    own_ = std::min(own_, depth_);
  }
  gave_up_ = gave_up_ || steps_ >= end;
  depth_ = 0;
  return at_apex();
}

NsecSearch::Cover NsecSearch::cover_name() {
  start();
  if (depth_ == 0) return at_apex();
  const Bytes label = path_[depth_--].label;
  own_ = depth_;
  return back(label);
}

NsecSearch::Cover NsecSearch::cover_below(Bytes label) {
  start();
  return back(label);
}

/// child_before; each kEntriesOfStep entries of a table that it looks at are a step. A table for which no
/// steps are left is not looked at.
std::optional<Child> NsecSearch::last_before(const Position& parent, const Bound& bound) {
  constexpr unsigned kEntriesOfStep = 8;
  unsigned passed = 0;
  const unsigned most = kEntriesOfStep * (most_ - std::min(steps_, most_));
  const auto child = child_before(view_, parent, bound, most, passed);
  steps_ += passed / kEntriesOfStep;
  return child;
}

bool NsecSearch::are_together(Bytes label, Bytes other) {
  const auto a = last_before(at_, label);
  const auto b = last_before(at_, other);
  return a && b ? a->label.data() == b->label.data() : a.has_value() == b.has_value();
}

size_t NsecSearch::write_owner(wire::MutableBytes out) const {
  wire::Writer owner(out, 0);
  for (unsigned depth = depth_; depth > 0; --depth) {
    const Bytes label = path_[depth].label;
    if (owner.left() < label.size() + 1) return 0;
    owner.put8(static_cast<uint8_t>(label.size()));
    owner.put(label);
  }
  const Bytes apex = view_.zone_name(zone_);
  if (owner.left() < apex.size()) return 0;
  owner.put(apex);
  return owner.position();
}

}  // namespace ptrd::answer
