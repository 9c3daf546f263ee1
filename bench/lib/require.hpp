// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdio>
#include <cstdlib>

namespace ptrd::bench {

/// Ends the program unless `holds`: a wrong answer is not worth timing. Stays in release builds.
inline void require(bool holds, const char* else_what) {
  if (holds) return;
  std::fprintf(stderr, "bench: %s\n", else_what);
  std::exit(1);
}

}  // namespace ptrd::bench
