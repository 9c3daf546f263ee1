// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/verify_index.hpp"

#include <algorithm>

#include "image/fault.hpp"
#include "image/parts.hpp"

namespace ptrd::image {

namespace {

void check_slots(const View& view, const Claims& claims, size_t labelled) {
  const Header& h = view.header();
  size_t used = 0;
  bool room = false;
  for (uint32_t i = 0; i < h.index_lines; ++i) {
    bool free = false;
    for (const auto& slot : view.at<IndexLine>(h.index + i).slot) {
      expect(!free || slot.node == 0, "a gap in the label index", h.index + i);
      free = free || slot.node == 0;
      if (slot.node != 0) ++used;
      expect(slot.node == 0 || (slot.node + 2U < view.lines().size() && claims.claimed(slot.node)),
             "the label index", h.index + i);
    }
    room = room || free;
  }
  // With as many slots in use as there are names, and each name found by its own, no slot leads anywhere
  // else.
  expect(room && used == labelled, "the label index", h.index);
}

uint32_t probes_to(const View& view, uint32_t line, uint32_t hash) {
  const Header& h = view.header();
  for (uint32_t probe = 0; probe < h.index_lines; ++probe) {
    const auto& slots = view.at<IndexLine>(h.index + ((hash + probe) & (h.index_lines - 1))).slot;
    if (std::any_of(std::begin(slots), std::end(slots), [&](const auto& slot) { return slot.node == line; }))
      return probe + 1;
  }
  return ~0U;
}

}  // namespace

void check_index(const View& view, const Claims& claims, std::span<const uint32_t> labelled,
                 const Executor& run) {
  check_slots(view, claims, labelled.size());
  run_parts<const uint32_t>(labelled, run, [&](size_t, std::span<const uint32_t> own) {
    for (const uint32_t line : own) {
      const auto& node = view.at<Node>(line);
      expect(view.labelled_child(node.parent, {node.label, node.label_size}) == line,
             "a name that the label index does not lead to", line);
      expect(probes_to(view, line, node.hash) <= view.header().index_probes, "the probes of the label index",
             line);
    }
  });
}

}  // namespace ptrd::image
