// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace ptrd::image {

struct NotOpened {
  bool other_kind = false;  // there is something, but no regular file
  std::string why;          // without the path
};

/// Opens a regular file for reading; gives the descriptor. Nothing else is opened: a pipe would wait for its
/// writer, and opening a device may do something.
[[nodiscard]] tl::expected<int, NotOpened> open_regular_file(const std::string& path);

}  // namespace ptrd::image
