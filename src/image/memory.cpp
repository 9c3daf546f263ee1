// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace ptrd::image {

namespace {

constexpr size_t kHugePageSize = size_t{2} << 20;

size_t rounded_up(size_t size, size_t unit) {
  return (size + unit - 1) / unit * unit;
}

/// What the lines take, in whole pages.
size_t mapped(size_t lines) {
  return rounded_up(lines * kLineSize, static_cast<size_t>(sysconf(_SC_PAGESIZE)));
}

}  // namespace

tl::expected<Memory, int> Memory::reserve(size_t lines) {
  // Linux aligns a mapping that is a multiple of the huge page size.
  const size_t asked = rounded_up(lines * kLineSize, kHugePageSize);
  void* const memory = mmap(nullptr, asked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return tl::unexpected(errno);
  // The rest of the last huge page is not needed, and would be allocated.
  const size_t room = mapped(lines);
  if (room < asked) munmap(static_cast<uint8_t*>(memory) + room, asked - room);
  madvise(memory, room, MADV_HUGEPAGE);  // fewer TLB misses; only an optimization
  return Memory(std::span(static_cast<Line*>(memory), lines));
}

Memory::~Memory() {
  if (!lines_.empty()) munmap(lines_.data(), mapped(lines_.size()));
}

void Memory::seal() const {
  mprotect(lines_.data(), mapped(lines_.size()), PROT_READ);
}

}  // namespace ptrd::image
