// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/search.hpp"

#include "ptrd/wire/message.hpp"

namespace ptrd::answer {

using image::Node;
using image::Position;
using wire::Bytes;

namespace {

/// Takes note of what a Node on the way is; `last` when it is the name itself.
void pass(const image::View& view, const Position& at, bool last, bool wants_ds, Found& found) {
  const auto& node = view.at<Node>(at.index);
  const bool apex = (node.flags & image::node_flag::apex) != 0;
  if (apex && !(last && wants_ds && found.zone != 0)) {
    found.zone = node.zone;
    found.cut = found.dname = 0;
  } else if (found.zone == 0 || found.cut != 0) {
    return;  // above all zones, or already below a cut: only a deeper apex matters
  } else if ((node.flags & image::node_flag::cut) != 0 && found.dname == 0 && !(last && wants_ds)) {
    found.cut = at.index;
    found.cut_labels = at.labels;
  }
  if ((node.flags & image::node_flag::dname) != 0 && !last && found.cut == 0 && found.dname == 0) {
    found.dname = at.index;
    found.dname_labels = at.labels;
  }
}

/// A v4 leaf hangs below in-addr.arpa at six labels, a v6 leaf below ip6.arpa at 34.
bool is_v6_leaf(const Position& at) {
  return at.kind == Position::Kind::leaf && at.labels > 6;
}

}  // namespace

Bytes Found::suffix(Bytes name, uint8_t labels) {
  for (auto skip = static_cast<size_t>(wire::Labels(name).count - labels); skip > 0; --skip)
    name = name.subspan(name[0] + 1U);
  return name;
}

Found search(const image::View& view, Bytes name, uint16_t type) {
  const wire::Labels labels(name);
  const bool wants_ds = type == static_cast<uint16_t>(wire::Type::ds);
  Found found;
  found.at = view.root();
  found.labels_left = labels.count;
  pass(view, found.at, labels.count == 0, wants_ds, found);
  while (found.labels_left > 0) {
    const Bytes label = labels.label(name, found.labels_left - 1U);
    const auto next = view.child(found.at, label);
    if (!next) break;
    found.at = *next;
    --found.labels_left;
    if (found.at.kind == Position::Kind::node) pass(view, found.at, found.labels_left == 0, wants_ds, found);
  }
  found.leaf_is_v6 = is_v6_leaf(found.at);
  return found;
}

Found search_child(const image::View& view, const Found& parent, Bytes label) {
  Found found = parent;
  ++found.labels_left;
  if (parent.labels_left > 0) return found;  // where there is no parent
  // It is on the way now.
  if (found.at.kind == Position::Kind::node) pass(view, found.at, false, false, found);
  if (const auto next = view.child(found.at, label)) {
    found.at = *next;
    found.labels_left = 0;
    if (found.at.kind == Position::Kind::node) pass(view, found.at, true, false, found);
  }
  found.leaf_is_v6 = is_v6_leaf(found.at);
  return found;
}

}  // namespace ptrd::answer
