// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>

namespace ptrd::image {

/// What is wrong with an image, and where. Thrown only inside the verification: its walk is recursive, and
/// the first fault ends it.
struct Fault {
  const char* what;
  size_t line;
};

inline void expect(bool ok, const char* what, size_t line) {
  if (!ok) throw Fault{what, line};
}

}  // namespace ptrd::image
