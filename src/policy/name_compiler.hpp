// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Expressions are compiled by a child process, which hands the databases back. Hyperscan cannot be
// interrupted, and its own limits let some expressions take minutes and gigabytes; a process can be killed.
#pragma once

#include <hs.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "file/memory_file.hpp"
#include "policy/rule.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::policy {

/// The most characters that a name has as a text for expressions, see NameText: four an octet.
inline constexpr size_t kMaxNameText = 4 * wire::kMaxName;

/// An expression of Hyperscan (a subset of PCRE), and the rule that it stands for.
struct NameRule {
  RuleNumber rule = 0;
  std::string regex;
  unsigned flags = 0;      // HS_FLAG_*
  bool all_names = false;  // also for the names of addresses
  bool text = false;       // made by literal_regex or suffix_regex: cheap to compile
};

/// What all expressions of a policy may cost.
struct NameLimits {
  size_t expression = 1024;                   // characters of one
  std::chrono::milliseconds compile{60'000};  // each compiled alone, then all together
  size_t memory = size_t{1} << 30;            // bytes, meanwhile
  size_t database = size_t{256} << 20;        // bytes of all expressions, compiled
};

struct NameError {
  std::optional<size_t> rule;  // its index, if known
  std::string reason;          // without a final dot
};

struct FreeDatabase {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};
using NameDatabase = std::unique_ptr<hs_database_t, FreeDatabase>;

struct NameDatabases {
  NameDatabase others;     // all expressions; null: there are none
  NameDatabase addresses;  // those for the names of addresses; null: none, or all
};

/// Compiles expressions for block mode; their ids are the rules' numbers. Error: what Hyperscan said, or the
/// limit that is exceeded. Takes hardly longer than `limits.compile`, whatever the expressions are.
using CompileNames = std::function<tl::expected<NameDatabases, NameError>(const std::vector<NameRule>& rules,
                                                                          const NameLimits& limits)>;
/// Does so in a child of this process. A process with workers asks a small one instead (swap::Helper): a fork
/// would make them fault for each page that they write.
[[nodiscard]] tl::expected<NameDatabases, NameError> compile_names(const std::vector<NameRule>& rules,
                                                                   const NameLimits& limits);
/// The same for another process, which gets them by `read_databases` (name_messages.hpp).
[[nodiscard]] tl::expected<file::MemoryFile, NameError> compile_apart(const std::vector<NameRule>& rules,
                                                                      const NameLimits& limits);

}  // namespace ptrd::policy
