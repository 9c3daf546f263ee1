// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rdns/verify/verify.hpp"

namespace ptrd::rdns {

/// Addresses of names, read from text with one record a line and absolute names, as `ptrzone dump` and
/// `named-compilezone` print it. A, AAAA and CNAME records are kept; all others are passed over.
class ForwardMap {
 public:
  /// Adds a file. Error: `file:line: what`.
  tl::expected<void, std::string> read(const std::string& path);
  /// Adds one line; nothing in it is an error but what would be misread.
  tl::expected<void, std::string> add_line(std::string_view line);

  /// What is known of `name` and `address`, aliases followed.
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
