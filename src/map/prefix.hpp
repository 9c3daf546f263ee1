// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ptrd::map {

/// An IPv4 prefix; bits after `length` are zero.
struct Prefix {
  uint32_t address = 0;  // host order
  unsigned length = 0;   // 0 to 32

  [[nodiscard]] uint64_t size() const { return uint64_t{1} << (32 - length); }
  [[nodiscard]] bool contains(const Prefix& other) const {
    return other.length >= length && (length == 0 || (other.address ^ address) >> (32 - length) == 0);
  }
  bool operator==(const Prefix&) const = default;
  /// `192.0.2.0/24`.
  [[nodiscard]] std::string to_text() const;
};

/// `192.0.2.0/24`; empty if it is not an IPv4 prefix, or has host bits set.
[[nodiscard]] std::optional<Prefix> prefix_of_text(std::string_view text);

}  // namespace ptrd::map
