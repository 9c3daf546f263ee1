// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ptrd::lint {

/// Converts a regex for one name to a regex for a text with one name per line: under HS_FLAG_MULTILINE and
/// without HS_FLAG_DOTALL it matches in a line what `regex` matches in that line alone, and never crosses a
/// line. Null if that is not certain: for `\s`, `\D`, `\W`, `\A`, flags in groups and similar, which host
/// names do not need. The result for an invalid regex may be invalid as well.
[[nodiscard]] std::optional<std::string> within_line(std::string_view regex);

}  // namespace ptrd::lint
