// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rdns/verify/verify.hpp"

namespace ptrd::rdns {

/// Addresses of names, read from text with one record per line and absolute names, as printed by `ptrzone
/// dump` and `named-compilezone`. Keeps A, AAAA and CNAME records; ignores all others.
class ForwardMap {
 public:
  /// Adds a file. Error: `file:line: what`.
  tl::expected<void, std::string> read(const std::string& path);
  /// Adds one line; only a line that would be misread is an error.
  tl::expected<void, std::string> add_line(std::string_view line);

  /// What is known about `name` and `address`, following aliases.
  [[nodiscard]] Forward find(const wire::Name& name, const wire::AddressKey& address) const;
  [[nodiscard]] size_t addresses() const { return count_; }

 private:
  struct Entry {
    std::vector<wire::AddressKey> addresses;
    std::string alias;  // key of another entry
  };
  static std::string key_of(const wire::Name& name);

  std::unordered_map<std::string, Entry> entries_;
  size_t count_ = 0;
};

}  // namespace ptrd::rdns
