// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <gtest/gtest.h>

#include "answer/search.hpp"
#include "ptrd/wire/message.hpp"

// The search for a name as described in RFC 1034 4.3.2: label by label, each by View::child.

namespace ptrd::answer {

inline Found search_by_labels(const image::View& view, wire::Bytes name, uint16_t type) {
  const wire::Labels labels(name);
  const bool wants_ds = type == static_cast<uint16_t>(wire::Type::ds);
  Found found;
  found.at = view.root();
  found.labels_left = labels.count;
  for (;;) {
    if (found.at.kind == image::Position::Kind::node) {
      const auto& node = view.at<image::Node>(found.at.index);
      const bool last = found.labels_left == 0;
      const bool above = last && wants_ds && found.zone != 0;
      if ((node.flags & image::node_flag::apex) != 0 && !above) {
        found.zone = node.zone;
        found.cut = found.dname = 0;
      }
      const bool open = found.zone != 0 && found.cut == 0 && found.dname == 0;
      const bool is_cut = (node.flags & image::node_flag::cut) != 0 && !(last && wants_ds);
      if (open && is_cut && (node.flags & image::node_flag::apex) == 0) {
        found.cut = found.at.index;
        found.cut_labels = found.at.labels;
      } else if (open && (node.flags & image::node_flag::dname) != 0 && !last) {
        found.dname = found.at.index;
        found.dname_labels = found.at.labels;
      }
    }
    if (found.labels_left == 0) break;
    const auto next = view.child(found.at, labels.label(name, found.labels_left - 1U));
    if (!next) break;
    found.at = *next;
    --found.labels_left;
  }
  return found;
}

/// Expects the same result, the same names on the path, and the same children, as far as a label leads to
/// one.
inline void expect_same_search(const image::View& view, const wire::Name& name, uint16_t type) {
  const Found expected = search_by_labels(view, name.bytes(), type);
  Budget endless(Transport::tcp, 0);
  Search searches(view, endless);
  (void)searches.find_in_domain(name.bytes(), type);  // so that the domain is known
  for (const Found& found : {search(view, name.bytes(), type), searches.find(name.bytes(), type),
                             searches.find_in_domain(name.bytes(), type)}) {
    EXPECT_FALSE(found.gave_up) << name.to_text();
    EXPECT_EQ(found.zone, expected.zone) << name.to_text();
    EXPECT_EQ(found.labels_left, expected.labels_left) << name.to_text();
    EXPECT_EQ(found.cut, expected.cut) << name.to_text();
    EXPECT_EQ(found.dname, expected.dname) << name.to_text();
    if (found.cut != 0) {
      EXPECT_EQ(found.cut_labels, expected.cut_labels) << name.to_text();
    }
    if (found.dname != 0) {
      EXPECT_EQ(found.dname_labels, expected.dname_labels) << name.to_text();
    }
    ASSERT_EQ(found.at.kind, expected.at.kind) << name.to_text();
    EXPECT_EQ(found.at.labels, expected.at.labels) << name.to_text();
    if (found.at.kind != image::Position::Kind::path) {
      EXPECT_EQ(found.at.index, expected.at.index) << name.to_text();
      continue;
    }
    for (const char digit : {'0', '1', '2', '7', 'a', 'f'}) {
      const uint8_t octet = static_cast<uint8_t>(digit);
      const auto below = view.child(found.at, {&octet, 1});
      const auto expected_below = view.child(expected.at, {&octet, 1});
      ASSERT_EQ(below.has_value(), expected_below.has_value()) << digit << " below " << name.to_text();
      if (!below) continue;
      EXPECT_EQ(below->kind, expected_below->kind) << digit << " below " << name.to_text();
      EXPECT_EQ(below->index, expected_below->index) << digit << " below " << name.to_text();
      EXPECT_EQ(below->ref, expected_below->ref) << digit << " below " << name.to_text();
    }
  }
}

}  // namespace ptrd::answer
