// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/pages.hpp"

#include <sys/mman.h>

#include <bit>
#include <cstdint>

namespace ptrd::image {

namespace {

void advise(void* memory, size_t size, uintptr_t page, int advice) {
  const auto start = std::bit_cast<uintptr_t>(memory);
  const uintptr_t first = (start + page - 1) / page * page;
  const uintptr_t end = (start + size) / page * page;
  if (first < end) (void)madvise(std::bit_cast<void*>(first), end - first, advice);
}

}  // namespace

void use_huge_pages(void* memory, size_t size) {
  advise(memory, size, kHugePage, MADV_HUGEPAGE);
}

void populate(void* memory, size_t size) {
  constexpr uintptr_t kPage = 4096;
  advise(memory, size, kPage, MADV_POPULATE_WRITE);
}

}  // namespace ptrd::image
