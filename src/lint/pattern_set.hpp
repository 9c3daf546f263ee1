// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "lint/address_in_name.hpp"
#include "lint/database.hpp"
#include "lint/pattern_file.hpp"
#include "ptrd/wire/arpa.hpp"

namespace ptrd::lint {

/// A pattern that matched a name.
struct Match {
  const Pattern* pattern;
  std::optional<AddressForm> address;  // class address: the form of the owner's address in the name
};

/// What patterns are matched against.
struct Subject {
  std::string_view name;                         // without its final dot
  std::optional<wire::AddressKey> address = {};  // the owner's, if it names one
};

/// Patterns, compiled by Hyperscan. Movable, not copyable. One thread at a time.
///
/// Names are scanned many at a time, as lines of one text: setting up a scan costs more than scanning a
/// single name. For the class address only names in which find_address has found the owner's address are
/// scanned, one by one: its regexes have no literals that Hyperscan could look for.
class PatternSet {
 public:
  /// Bytes of names that make a scan worthwhile; more gains nothing.
  static constexpr size_t kEnough = size_t{64} << 10;

  /// Compiles. `allowed` are regexes of names that are not checked further. Error: `file:line:column: regex
  /// and Hyperscan's reason`.
  [[nodiscard]] static tl::expected<PatternSet, std::string> compile(std::vector<Pattern> patterns,
                                                                     std::vector<Pattern> allowed = {});

  /// Calls `found(index of the subject, match)` for the matches of each subject in turn: for each class the
  /// first pattern in file order, unless an exception of the class also matches. Matches of the class address
  /// must end in the owner's address; without an address there are none. A line feed in a name counts as a
  /// vertical tab.
  template <typename Found>
  void scan(std::span<const Subject> subjects, Found&& found) {
    scan_lines(subjects);
    for (size_t i = 0; i < subjects.size(); ++i) {
      if (states_[i].passed_over) continue;
      const auto form = subjects[i].address ? scan_address(subjects[i], states_[i]) : std::nullopt;
      for (size_t cls = 0; cls < kClassNames.size(); ++cls) {
        const unsigned best = states_[i].best[cls];
        if (best == kNone || (states_[i].excepted >> cls & 1) != 0) continue;
        const bool is_address = cls == static_cast<size_t>(Class::address);
        found(i, Match{.pattern = &patterns_[best], .address = is_address ? form : std::nullopt});
      }
    }
  }
  /// The matches of a single name.
  [[nodiscard]] std::vector<Match> scan(const Subject& subject);

  /// The part of `scan` without addresses, to measure it alone: returns the number of matches.
  size_t scan_lines(std::span<const Subject> subjects);

  [[nodiscard]] const std::vector<Pattern>& patterns() const { return patterns_; }
  /// Patterns that can only be matched name by name, see within_line: they are the most expensive.
  [[nodiscard]] size_t alone() const { return count_alone_; }

 private:
  static constexpr unsigned kNone = ~0U;
  /// State of a subject.
  struct State {
    std::array<unsigned, kClassNames.size()> best;  // ids
    uint32_t excepted;                              // one bit per class
    bool passed_over;
  };

  PatternSet() = default;
  [[nodiscard]] const Pattern& pattern(size_t id) const;
  [[nodiscard]] tl::expected<void, std::string> compile();
  [[nodiscard]] std::string explain(const RegexError& error,
                                    const std::vector<Expression>& expressions) const;
  void take(unsigned id, State& state) const;
  std::optional<AddressForm> scan_address(const Subject& subject, State& state);

  std::vector<Pattern> patterns_;
  std::vector<Pattern> allowed_;  // their ids follow those of the patterns
  Database lines_;
  Database alone_;  // expressions that cannot be matched in a line
  // Class address: the file's first pattern, which takes precedence over all others, and the rest. Hyperscan
  // runs one engine after the other over a text, so in one database a match of the first could not skip the
  // others.
  Database first_address_;
  Database addresses_;
  size_t count_alone_ = 0;

  // Of the current scan.
  std::string text_;           // names, each followed by a line feed
  std::vector<size_t> ends_;   // of each name in it
  std::vector<State> states_;  // by index of the subject
};

/// Whether the pattern matches its own example: empty, or `file:line:column: what happened`.
[[nodiscard]] std::string try_example(const Pattern& pattern);

}  // namespace ptrd::lint
