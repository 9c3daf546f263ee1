// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <span>
#include <tl/expected.hpp>
#include <utility>

#include "port/descriptor.hpp"
#include "ptrd/image/format.hpp"

namespace ptrd::port {

/// An image in the kernel: an array map whose values are the lines, which this process writes in place. Empty
/// when default-constructed or moved from.
class KernelImage {
 public:
  /// Lines that are zero. Error: errno.
  [[nodiscard]] static tl::expected<KernelImage, int> make(size_t lines);
  KernelImage() = default;
  KernelImage(KernelImage&& other) noexcept
      : map_(std::move(other.map_)), lines_(std::exchange(other.lines_, {})) {}
  KernelImage& operator=(KernelImage&& other) noexcept {
    std::swap(map_, other.map_);
    std::swap(lines_, other.lines_);
    return *this;
  }
  ~KernelImage();

  explicit operator bool() const { return static_cast<bool>(map_); }
  [[nodiscard]] int descriptor() const { return map_.get(); }
  [[nodiscard]] std::span<image::Line> lines() const { return lines_; }
  /// The lines stay as they are: they take no place in this process's memory any more.
  void freeze();

 private:
  Descriptor map_;
  std::span<image::Line> lines_;
};

}  // namespace ptrd::port
