// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <string_view>

#include "zone/read/scanner.hpp"

namespace ptrd::zone {

/// The sentence fragment for the error that `scanner` stands at: what is wrong, the word it was found in, and
/// what helps mend it. `line` is the line's text, read up to its end.
[[nodiscard]] std::string explain_error(const zs_scanner_t& scanner, std::string_view line);

}  // namespace ptrd::zone
