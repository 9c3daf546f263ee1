// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "lint/address_in_name.hpp"
#include "lint/pattern_file.hpp"
#include "ptrd/wire/arpa.hpp"

struct hs_database;
struct hs_scratch;

namespace ptrd::lint {

/// A pattern that a name has matched.
struct Match {
  const Pattern* pattern;
  std::optional<AddressForm> address;  // class address: how the owner's address stands in the name
};

/// Patterns as one Hyperscan database. Moves, does not copy. One thread at a time (it owns the scratch
/// space).
class PatternSet {
 public:
  /// Compiles. `allowed` are regexes of names that are never looked at further. Error: `file:line:column:
  /// regex and Hyperscan's reason`.
  [[nodiscard]] static tl::expected<PatternSet, std::string> compile(std::vector<Pattern> patterns,
                                                                     std::vector<Pattern> allowed = {});

  /// The matches of a name without its final dot: of each class the first pattern in the order of the file,
  /// unless an exception of the class matches as well. Those of the class address must hold `address`; there
  /// are none when it is null. The result is valid until the next call.
  [[nodiscard]] const std::vector<Match>& scan(std::string_view name, const wire::AddressKey* address);

  [[nodiscard]] const std::vector<Pattern>& patterns() const { return patterns_; }

 private:
  struct Free {
    void operator()(hs_database* database) const;
    void operator()(hs_scratch* scratch) const;
  };
  PatternSet() = default;
  void take(unsigned id, size_t to);
  /// Whether the owner's address stands in the name, and a match that ends at `to` ends in it.
  [[nodiscard]] bool ends_in_address(size_t to);
  static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                      void* self);

  std::vector<Pattern> patterns_;
  std::vector<Pattern> allowed_;  // their ids follow those of the patterns
  std::unique_ptr<hs_database, Free> database_;
  std::unique_ptr<hs_scratch, Free> scratch_;

  // Of the scan in progress.
  std::string_view name_;
  const wire::AddressKey* address_ = nullptr;
  bool looked_for_address_ = false;
  std::optional<AddressForm> form_;
  static constexpr unsigned kNone = ~0U;
  std::array<unsigned, kClassNames.size()> best_;  // ids
  uint32_t excepted_ = 0;                          // a bit a class
  bool pass_over_ = false;
  std::vector<Match> matches_;
};

/// Whether the pattern's example has a match of that very pattern: empty, or `file:line:column: what
/// happened`.

[[nodiscard]] std::string try_example(const Pattern& pattern);

}  // namespace ptrd::lint
