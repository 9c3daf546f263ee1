// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace ptrd::image {

struct NotOpened {
  bool other_kind = false;  // the path exists, but is not a regular file
  int error = 0;            // otherwise errno
  std::string why;          // without the path
};

/// Opens a regular file for reading; returns the descriptor. Nothing else is opened: a pipe would block, and
/// opening a device may have side effects.
[[nodiscard]] tl::expected<int, NotOpened> open_regular_file(const std::string& path);

/// The whole content of a regular file of at most `most` bytes. Error: a line with the path.
[[nodiscard]] tl::expected<std::string, std::string> read_regular_file(const std::string& path, size_t most);

}  // namespace ptrd::image
