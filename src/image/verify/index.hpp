// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "image/verify/bounded_view.hpp"

namespace ptrd::image {

/// Whether a search in the label index, whose lines must be in the image, for the name with this hash finds
/// the Node `line`.
[[nodiscard]] bool leads_to(const BoundedView& view, uint64_t hash, uint32_t line);
/// Checks that a search in the label index is bounded. Throws a Fault.
void check_probes(const Header& header);
/// Checks the slots of the label index. If `named` searches for different names find different Nodes, then no
/// slot refers to anything else. Throws a Fault.
void check_slots(const BoundedView& view, uint64_t named);

}  // namespace ptrd::image
