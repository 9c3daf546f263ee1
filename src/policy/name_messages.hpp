// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Expressions on their way to a process that compiles them, and what it made of them on the way back. Both
// processes are the same program, so numbers are as in memory.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "policy/name_compiler.hpp"

namespace ptrd::policy {

struct NameRequest {
  std::vector<NameRule> rules;
  NameLimits limits;
};
[[nodiscard]] std::string request_message(const std::vector<NameRule>& rules, const NameLimits& limits);
/// Nothing: not the text of a request.
[[nodiscard]] std::optional<NameRequest> read_request(std::string_view message);

/// Databases as Hyperscan serializes them; empty: none.
[[nodiscard]] std::string databases_message(std::string_view others, std::string_view addresses);
[[nodiscard]] std::string failure_message(const NameError& error);
/// What either of both says. Hyperscan checks that a database is whole and made for this CPU.
[[nodiscard]] tl::expected<NameDatabases, NameError> read_databases(std::string_view message);
/// The most bytes that both can have.
[[nodiscard]] size_t most_of_databases(const NameLimits& limits);

}  // namespace ptrd::policy
