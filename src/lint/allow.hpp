// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_set>
#include <vector>

#include "lint/pattern_file.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::lint {

/// Findings that an operator has accepted and wants to suppress. A line of the file is one of
///
///     rule role/vpn          findings of that rule; role/* are those of a class
///     name ns1.example.net   that target; *.example.net are all below
///     pattern ^cpe-[0-9]+    targets that match
///
/// and `#` starts a comment line.
class AllowList {
 public:
  /// Error: `file:line:column: what is wrong`. Regexes are not checked, see PatternSet::compile.
  [[nodiscard]] static tl::expected<AllowList, std::string> parse(std::string_view text,
                                                                  const std::string& file);
  /// Error: as above, or `path: why it cannot be read`.
  [[nodiscard]] static tl::expected<AllowList, std::string> read(const std::string& path);

  [[nodiscard]] bool allows_rule(const std::string& id) const;
  /// `target`: a complete name in wire form.
  [[nodiscard]] bool allows_name(wire::Bytes target) const;
  /// The regexes, for PatternSet::compile.
  [[nodiscard]] const std::vector<Pattern>& patterns() const { return patterns_; }
  /// Rules that are named in the list, as written.
  [[nodiscard]] const std::unordered_set<std::string>& rules() const { return rules_; }

 private:
  std::unordered_set<std::string> rules_;
  std::unordered_set<std::string> names_;  // wire form in lower case
  std::unordered_set<std::string> above_;  // likewise: everything below them is allowed
  std::vector<Pattern> patterns_;
};

}  // namespace ptrd::lint
