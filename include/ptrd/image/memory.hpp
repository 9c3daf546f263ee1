// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <span>
#include <tl/expected.hpp>
#include <utility>

#include "ptrd/image/format.hpp"

namespace ptrd::image {

/// Private memory for lines, zero at first, on huge pages as far as possible. Movable; frees it.
class Memory {
 public:
  /// Error: errno.
  [[nodiscard]] static tl::expected<Memory, int> reserve(size_t lines);
  Memory() = default;
  Memory(Memory&& other) noexcept : lines_(std::exchange(other.lines_, {})) {}
  Memory& operator=(Memory&& other) noexcept {
    std::swap(lines_, other.lines_);
    return *this;
  }
  ~Memory();

  [[nodiscard]] std::span<Line> lines() const { return lines_; }
  /// Makes it read-only.
  void seal() const;

 private:
  explicit Memory(std::span<Line> lines) : lines_(lines) {}
  std::span<Line> lines_;
};

}  // namespace ptrd::image
