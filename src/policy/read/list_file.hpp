// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "policy/prefix_table.hpp"

namespace ptrd::policy {

/// The largest list file, in bytes, and the most prefixes in one.
inline constexpr uint64_t kMaxListFile = 512ULL << 20;
inline constexpr size_t kMaxListEntries = 16'000'000;

/// Calls `take` for each line of a text file that is not empty or a comment, without the comment and the
/// blanks around it; a comment starts with `#` or `;`. `take` returns what is wrong with the line, or
/// nothing. Error: file, line and what is wrong, or that the file changed while it was read.
[[nodiscard]] tl::expected<void, std::string> read_list(
    const std::string& path, const std::function<std::string(std::string_view)>& take);

/// The prefixes of a list file: one in a line, as an address, a prefix or a range, in the forms in which
/// lists are published: alone, followed by words, or in `add SET PREFIX` (ipset) and `deny PREFIX;` (nginx).
[[nodiscard]] tl::expected<void, std::string> read_prefix_list(
    const std::string& path, const std::function<void(const Prefix&)>& take);

}  // namespace ptrd::policy
