// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <string_view>

#include "zone/read/scanner.hpp"

namespace ptrd::zone {

/// The sentence fragment for the current error of `scanner`: what is wrong, the word where it was found, and
/// how to fix it. `line` is the line's text, up to its end.
[[nodiscard]] std::string explain_error(const zs_scanner_t& scanner, std::string_view line);

}  // namespace ptrd::zone
