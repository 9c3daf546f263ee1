// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <hs.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "policy/name_compiler.hpp"
#include "policy/rule.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::policy {

/// The text that expressions are matched with: the name in lower case, without the final dot; the root is
/// ".". A dot or backslash within a label is written with a backslash, an octet that is not printable ASCII,
/// or a space, as `\DDD` (RFC 4343 2.1).
class NameText {
 public:
  /// At most four characters an octet.
  static constexpr size_t kMax = kMaxNameText;

  /// Of a complete, uncompressed name.
  explicit NameText(wire::Bytes name);
  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, kMax> text_;
  size_t size_ = 0;
};

/// The regular expressions for a literal name, and for a name and everything below it, in the form of
/// NameText.
[[nodiscard]] std::string literal_regex(std::string_view text);
[[nodiscard]] std::string suffix_regex(std::string_view text);

/// Expressions on names, compiled. The first one that matches counts.
class NameRules {
 public:
  using Error = NameError;

  /// Matches nothing.
  NameRules() = default;
  /// `stations`: threads that will scan. Error: that of `compile`.
  [[nodiscard]] static tl::expected<NameRules, Error> compile(const std::vector<NameRule>& rules,
                                                              size_t stations, const NameLimits& limits = {},
                                                              const CompileNames& compile = compile_names);

  [[nodiscard]] bool empty() const { return others_ == nullptr; }
  /// Whether there are expressions for the names of addresses, too.
  [[nodiscard]] bool on_addresses() const { return addresses_ != nullptr; }
  /// The first rule that matches a name; 0: none. `station` is below that of `compile`, and used by one
  /// thread at a time. `address`: the name is that of an address.
  [[nodiscard]] RuleNumber find(std::string_view name, bool address, size_t station) const;

 private:
  struct FreeScratch {
    void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
  };
  struct Compiled {
    NameDatabase database;
    std::vector<std::unique_ptr<hs_scratch_t, FreeScratch>> scratch;  // by station
  };
  /// Null: there are none.
  [[nodiscard]] static std::shared_ptr<const Compiled> with_scratch(NameDatabase database, size_t stations);

  std::shared_ptr<const Compiled> others_;     // all expressions
  std::shared_ptr<const Compiled> addresses_;  // those for the names of addresses; often all or none
};

}  // namespace ptrd::policy
