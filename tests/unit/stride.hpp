// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdlib>
#include <string>

namespace ptrd::test {

/// Of its random cases, a test takes each `stride()`th: PTRD_STRIDE, or 1. The suite sets it for the
/// sanitized build, where a case takes several times as long; RC_PARAMS does the same for rapidcheck.
inline unsigned stride() {
  const char* set = std::getenv("PTRD_STRIDE");
  return set == nullptr ? 1 : static_cast<unsigned>(std::stoul(set));
}

}  // namespace ptrd::test
