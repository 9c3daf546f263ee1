// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lib/program.hpp"

#include <fmt/core.h>

#include <cstdio>

#include "ptrd/wire/one_line.hpp"

namespace ptrd {

int fail(std::string_view what, int status) {
  fmt::print(stderr, "{}: {}\n", kProgram, wire::one_line(what));
  return status;
}

int finish(int status, int trouble) {
  // A write that failed before has emptied the buffer: then only the stream's error says so.
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  std::clearerr(stdout);
  return written ? status : fail("standard output: cannot be written", trouble);
}

}  // namespace ptrd
