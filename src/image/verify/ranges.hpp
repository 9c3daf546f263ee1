// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <vector>

#include "image/verify/bounded_view.hpp"
#include "ptrd/image/range.hpp"
#include "ptrd/wire/arpa.hpp"

namespace ptrd::image {

/// The Ranges of an image under verification. Throws Faults.
class VerifiedRanges {
 public:
  /// Checks all of them; their lines must be in the image. `tail_size` checks a tail, by number, and returns
  /// the size of its name in bytes.
  void check(const BoundedView& view, const std::function<size_t(uint32_t)>& tail_size);
  /// The Range that starts at `line`, referenced by the line `user`; it must be of that family. Any thread,
  /// after `check`.
  [[nodiscard]] const Range& at(const BoundedView& view, uint64_t line, wire::Family family,
                                uint64_t user) const;
  /// Checks the list of declared ranges, whose lines must be in the image, and whose zones must have been
  /// checked. Requires `check`.
  void check_declared(const BoundedView& view) const;

 private:
  std::vector<bool> starts_;  // by line, from the first Range's on
};

}  // namespace ptrd::image
