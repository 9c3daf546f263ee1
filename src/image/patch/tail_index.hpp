// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "image/patch/lines.hpp"

namespace ptrd::image {

/// Finds the tails that an image has, by what they hold. A tail that an undone change has added is
/// recognised by its number, which is then that of none.
class TailIndex {
 public:
  /// Reads all tails of an image.
  explicit TailIndex(const View& view);

  struct Split {
    uint32_t tail;     // its number
    size_t head_size;  // bytes of the target before it
  };
  /// How a PTR record of an unsigned zone is divided: into an existing tail of one or two labels less, or its
  /// labels and the root. Empty: there is no such tail, and no room for one.
  [[nodiscard]] std::optional<Split> split(Lines& lines, uint32_t ttl, wire::Bytes target);

 private:
  /// The number of a tail; empty: none.
  [[nodiscard]] std::optional<uint32_t> find(const View& view, uint32_t ttl, wire::Bytes name) const;
  std::unordered_multimap<uint64_t, uint32_t> numbers_;  // by a hash of TTL and name
};

}  // namespace ptrd::image
