// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <vector>

#include "image/verify/bounded_view.hpp"
#include "ptrd/image/range.hpp"
#include "ptrd/wire/arpa.hpp"

namespace ptrd::image {

/// The Ranges of an image under verification. Faults are thrown.
class VerifiedRanges {
 public:
  /// Checks all of them; their lines are in the image. `tail_size` checks a tail, by its number, and gives
  /// the bytes of its name.
  void check(const BoundedView& view, const std::function<size_t(uint32_t)>& tail_size);
  /// The Range that starts at `line`, where the line `user` refers to; it must be of that family. Any thread,
  /// after `check`.
  [[nodiscard]] const Range& at(const BoundedView& view, uint64_t line, wire::Family family,
                                uint64_t user) const;

 private:
  std::vector<bool> starts_;  // by line, from the first Range's on
};

}  // namespace ptrd::image
