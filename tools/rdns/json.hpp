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

// JSON output of the subcommands of rdns.
namespace ptrd::cli {

struct RunSummary;

/// Members of an object, in order. Text may contain any octets: invalid UTF-8 becomes U+FFFD.
using Members = std::vector<std::pair<std::string_view, std::variant<uint64_t, bool, std::string>>>;

/// On one line.
[[nodiscard]] std::string json_text(const Members& members);
[[nodiscard]] std::string json_text(const rdns::Verification& verification);

/// `indent` spaces per level, over several lines; -1: on one line.
[[nodiscard]] std::string json_text(const rdns::check::Report& report, int indent);
[[nodiscard]] std::string json_text(const RunSummary& run, int indent);

}  // namespace ptrd::cli
