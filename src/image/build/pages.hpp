// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>

namespace ptrd::image {

inline constexpr size_t kHugePage = size_t{2} << 20;

/// Asks for huge pages where whole ones fit, before the memory is touched: fewer faults, and fewer misses
/// when records are read in another order than they were written. Only an optimization.
void use_huge_pages(void* memory, size_t size);

/// Maps memory in advance if it is going to be filled: a page fault per page costs more.
void populate(void* memory, size_t size);

}  // namespace ptrd::image
