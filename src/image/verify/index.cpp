// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/verify/index.hpp"

#include <algorithm>

#include "image/parts.hpp"
#include "image/verify/fault.hpp"

namespace ptrd::image {

namespace {

void check_slots(const View& view, const Claims& claims, size_t labelled) {
  const Header& h = view.header();
  size_t used = 0;
  for (uint32_t i = 0; i < h.index_lines; ++i) {
    bool free = false;
    for (const auto& slot : view.at<IndexLine>(h.index + i).slot) {
      expect(!free || slot.node == 0, "a gap in the label index", h.index + i);
      free = free || slot.node == 0;
      if (slot.node == 0) continue;
      ++used;
      expect(slot.node < view.lines().size() && claims.claimed(slot.node), "the label index", h.index + i);
    }
  }
  // If as many slots are in use as there are names, and each name finds its own, no slot refers to anything
  // else.
  expect(used == labelled, "the label index", h.index);
}

}  // namespace

void check_index(const View& view, const Claims& claims, std::span<const uint32_t> labelled,
                 const Executor& run) {
  // The most lines that a search looks at, here and in service: so the checks below are linear in the names.
  const Header& h = view.header();
  expect(h.index_probes >= 1 && h.index_probes <= std::min(kMaxIndexProbes, h.index_lines),
         "the probes of the label index", 0);
  check_slots(view, claims, labelled.size());
  run_parts<const uint32_t>(labelled, run, [&](size_t, std::span<const uint32_t> own) {
    for (const uint32_t line : own) {
      const auto& node = view.at<Node>(line);
      expect(view.labelled_child(node.parent, {node.label, node.label_size}) == line,
             "a name missing from the label index", line);
    }
  });
}

}  // namespace ptrd::image
