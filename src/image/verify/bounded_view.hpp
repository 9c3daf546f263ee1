// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <span>

#include "image/verify/fault.hpp"
#include "ptrd/image/format.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::image {

/// The lines of an image that is not verified yet and not trusted. The only way from an index to a line or a
/// byte: indices, and sums of them, are 64 bits wide, and each access is checked. The last line is never
/// handed out, since readers that copy whole words may read into it. Once verified, `View` does the same
/// without checks.
class BoundedView {
 public:
  /// At least the header and one line.
  explicit BoundedView(std::span<const Line> lines) : lines_(lines.data()), end_(lines.size() - 1) {}

  [[nodiscard]] const Header& header() const { return *reinterpret_cast<const Header*>(lines_); }
  /// One past the last line that may be used.
  [[nodiscard]] uint64_t end() const { return end_; }
  /// Whether `count` lines from `line` are between the header and the last line.
  [[nodiscard]] bool has(uint64_t line, uint64_t count) const {
    return line >= kHeaderLines && line <= end_ && count <= end_ - line;
  }
  /// The complete structure at `line`; otherwise the fault `what`.
  template <typename T>
  [[nodiscard]] const T& at(uint64_t line, const char* what) const {
    static_assert(sizeof(T) % kLineSize == 0 && alignof(T) <= kLineSize);
    expect(has(line, sizeof(T) / kLineSize), what, line);
    return *reinterpret_cast<const T*>(lines_ + line);
  }
  /// `size` bytes from a unit; otherwise the fault `what`.
  [[nodiscard]] wire::Bytes bytes(uint64_t unit, uint64_t size, const char* what) const {
    const uint64_t units = end_ * kUnitsPerLine;
    expect(unit >= kHeaderLines * kUnitsPerLine && unit <= units && size <= (units - unit) * kUnitSize, what,
           unit / kUnitsPerLine);
    return {reinterpret_cast<const uint8_t*>(lines_) + unit * kUnitSize, size};
  }
  /// `size` bytes from a member of `line`, which may extend into the next lines. `offset` is a multiple of a
  /// unit.
  [[nodiscard]] wire::Bytes bytes_in(uint64_t line, size_t offset, uint64_t size, const char* what) const {
    expect(has(line, 1), what, line);
    return bytes(line * kUnitsPerLine + offset / kUnitSize, size, what);
  }

 private:
  const Line* lines_;
  uint64_t end_;
};

}  // namespace ptrd::image
