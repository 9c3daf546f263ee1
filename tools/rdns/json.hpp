// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ptrd::rdns {
struct Verification;
namespace check {
struct Report;
}
}  // namespace ptrd::rdns

// What subcommands of rdns print as JSON.
namespace ptrd::cli {

struct RunSummary;

/// Members of an object, in order. Text may hold any octets: what is not UTF-8 becomes U+FFFD.
using Members = std::vector<std::pair<std::string_view, std::variant<uint64_t, bool, std::string>>>;

/// On one line.
[[nodiscard]] std::string json_text(const Members& members);
[[nodiscard]] std::string json_text(const rdns::Verification& verification);

/// `indent` spaces a level, over several lines; -1: on one line.
[[nodiscard]] std::string json_text(const rdns::check::Report& report, int indent);
[[nodiscard]] std::string json_text(const RunSummary& run, int indent);

}  // namespace ptrd::cli
