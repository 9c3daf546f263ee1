// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <hs.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace ptrd::lint {

/// A regex for Hyperscan.
struct Expression {
  std::string regex;
  unsigned flags = 0;  // HS_FLAG_*
  unsigned id = 0;     // id that is reported with a match
};

/// Why Hyperscan cannot compile an expression.
struct RegexError {
  std::optional<size_t> expression;  // the index of the faulty expression, if known
  std::string reason;                // without a final dot
};

/// Compiled regexes and the scratch space to scan with: one thread at a time. Movable, not copyable.
class Database {
 public:
  Database() = default;  // matches nothing
  [[nodiscard]] static tl::expected<Database, RegexError> compile(const std::vector<Expression>& expressions);

  [[nodiscard]] bool empty() const { return database_ == nullptr; }

  /// Calls `match(id, end)` for each match in `text` (at most 4 GiB); `end` is the offset after it. Returning
  /// false ends the scan.
  template <typename OnMatch>
  void scan(std::string_view text, OnMatch&& match) {
    run(
        text,
        [](unsigned id, unsigned long long, unsigned long long end, unsigned, void* context) {
          return (*static_cast<std::remove_reference_t<OnMatch>*>(context))(id, static_cast<size_t>(end)) ? 0
                                                                                                          : 1;
        },
        &match);
  }

 private:
  struct Free {
    void operator()(hs_database_t* database) const { hs_free_database(database); }
    void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
  };
  void run(std::string_view text, match_event_handler handler, void* context);

  std::unique_ptr<hs_database_t, Free> database_;
  std::unique_ptr<hs_scratch_t, Free> scratch_;
};

}  // namespace ptrd::lint
