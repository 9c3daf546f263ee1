// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone's operator new: large blocks in huge pages. A compile fills hundreds of megabytes, mostly vectors,
// once: a fault for every 4 KiB of them, and the misses of their addresses' translation, cost a third of its
// time.
#include <cstdlib>
#include <new>

#include "image/build/pages.hpp"

namespace {

using ptrd::image::kHugePage;

void* allocate(size_t size) {
  if (size < kHugePage) return std::malloc(size);
  const size_t rounded = (size + kHugePage - 1) / kHugePage * kHugePage;
  if (rounded < size) return nullptr;
  void* const block = std::aligned_alloc(kHugePage, rounded);
  if (block != nullptr) ptrd::image::use_huge_pages(block, rounded);
  return block;
}

}  // namespace

void* operator new(size_t size) {
  if (void* const block = allocate(size)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
  std::free(block);
}
void operator delete(void* block, size_t) noexcept {
  std::free(block);
}
