// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <hs.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "policy/rule.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::policy {

/// The text that expressions are matched with: the name in lower case, without the final dot; the root is
/// ".". A dot or backslash within a label is written with a backslash, an octet that is not printable ASCII,
/// or a space, as `\DDD` (RFC 4343 2.1).
class NameText {
 public:
  /// At most four characters an octet.
  static constexpr size_t kMax = 4 * wire::kMaxName;

  /// Of a complete, uncompressed name.
  explicit NameText(wire::Bytes name);
  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, kMax> text_;
  size_t size_ = 0;
};

/// An expression of Hyperscan (a subset of PCRE), and the rule that it stands for.
struct NameRule {
  RuleNumber rule = 0;
  std::string regex;
  unsigned flags = 0;      // HS_FLAG_*
  bool all_names = false;  // also for the names of addresses
  bool text = false;       // made by literal_regex or suffix_regex: cheap to compile
};

/// What expressions may cost. Compiling cannot be interrupted, but each expression is first compiled alone:
/// together they take about as long as one after the other, and a single one seconds at most, as Hyperscan
/// has limits of its own.
struct NameLimits {
  size_t expression = 1024;                   // characters of one
  std::chrono::milliseconds compile{30'000};  // for all expressions, each compiled alone
  size_t database = size_t{256} << 20;        // bytes of all expressions, compiled
};

/// The regular expressions for a literal name, and for a name and everything below it, in the form of
/// NameText.
[[nodiscard]] std::string literal_regex(std::string_view text);
[[nodiscard]] std::string suffix_regex(std::string_view text);

/// Expressions on names, compiled. The first one that matches counts.
class NameRules {
 public:
  struct Error {
    std::optional<size_t> rule;  // its index, if known
    std::string reason;          // without a final dot
  };

  /// Matches nothing.
  NameRules() = default;
  /// `stations`: threads that will scan. Error: what Hyperscan said, or the limit that is exceeded.
  [[nodiscard]] static tl::expected<NameRules, Error> compile(const std::vector<NameRule>& rules,
                                                              size_t stations, const NameLimits& limits = {});

  [[nodiscard]] bool empty() const { return others_ == nullptr; }
  /// Whether there are expressions for the names of addresses, too.
  [[nodiscard]] bool on_addresses() const { return addresses_ != nullptr; }
  /// The first rule that matches a name; 0: none. `station` is below that of `compile`, and used by one
  /// thread at a time. `address`: the name is that of an address.
  [[nodiscard]] RuleNumber find(std::string_view name, bool address, size_t station) const;

 private:
  struct Free {
    void operator()(hs_database_t* database) const { hs_free_database(database); }
    void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
  };
  struct Compiled {
    std::unique_ptr<hs_database_t, Free> database;
    std::vector<std::unique_ptr<hs_scratch_t, Free>> scratch;  // by station
  };
  /// Null: there are none.
  [[nodiscard]] static tl::expected<std::shared_ptr<const Compiled>, Error> compile(
      const std::vector<NameRule>& rules, bool address, size_t stations, const NameLimits& limits);

  std::shared_ptr<const Compiled> others_;     // all expressions
  std::shared_ptr<const Compiled> addresses_;  // those for the names of addresses; often all or none
};

}  // namespace ptrd::policy
