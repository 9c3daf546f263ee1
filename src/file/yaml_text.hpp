// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <string_view>

namespace ptrd::file {

/// The line, from 1 on, of the marker that begins a second YAML document; 0: there is none. For readers of
/// one document: yaml-cpp's Load ignores the second one, and its LoadAll does not end for some texts
/// (",0:d::/1").
[[nodiscard]] size_t second_document(std::string_view text);

/// Whether there is anything but comments, directives and markers: yaml-cpp makes nothing of some texts
/// (",0"), without an error.
[[nodiscard]] bool has_yaml(std::string_view text);

}  // namespace ptrd::file
