// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "map/survey.hpp"

namespace ptrd::map {

/// Draws a survey as a Hilbert curve with a legend; `title` is printed above. The suffix of `path` selects
/// the format: .png or .svg. Error: another suffix, or `path: why it cannot be written`.
[[nodiscard]] tl::expected<void, std::string> draw(const Survey& survey, const std::string& title,
                                                   const std::string& path);

}  // namespace ptrd::map
