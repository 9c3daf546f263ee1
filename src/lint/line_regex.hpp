// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ptrd::lint {

/// A regex for one name as a regex for a text of many, a line each: under HS_FLAG_MULTILINE and without
/// HS_FLAG_DOTALL it matches in a line what `regex` matches in that line alone, and never goes beyond the
/// line. Null where that is not known: of `\s`, `\D`, `\W`, `\A`, flags in groups and the like, which nobody
/// needs for host names. What is no regex at all may come out as such.
[[nodiscard]] std::optional<std::string> within_line(std::string_view regex);

}  // namespace ptrd::lint
