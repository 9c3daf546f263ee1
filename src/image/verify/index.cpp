// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/verify/index.hpp"

#include <algorithm>

#include "image/verify/fault.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::image {

namespace {

std::span<const IndexLine> lines_of(const BoundedView& view) {
  const Header& h = view.header();
  const auto bytes =
      view.bytes(uint64_t{h.index} * kUnitsPerLine, uint64_t{h.index_lines} * kLineSize, "the label index");
  return {reinterpret_cast<const IndexLine*>(bytes.data()), h.index_lines};
}

}  // namespace

// The most lines that a search looks at, here and in service: so the check of a name takes constant time.
void check_probes(const Header& header) {
  const uint32_t most = std::min(kMaxIndexProbes, header.index_lines);
  expect(header.index_probes >= 1 && header.index_probes <= most, "the probes of the label index", 0);
}

bool leads_to(const BoundedView& view, uint64_t hash, uint32_t line) {
  return find_in_index(lines_of(view), view.header().index_probes, hash) == line;
}

void check_slots(const BoundedView& view, uint64_t named) {
  uint64_t used = 0;
  uint64_t line = view.header().index;
  for (const IndexLine& slots : lines_of(view)) {
    bool free = false;
    for (const auto& slot : slots.slot) {
      expect(!free || slot.node == 0, "a gap in the label index", line);
      free = free || slot.node == 0;
      used += free || slot.node == view.header().root ? 0 : 1;
    }
    ++line;
  }
  expect(used == named, "the label index", view.header().index);
}

}  // namespace ptrd::image
