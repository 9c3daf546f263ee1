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
  return std::fflush(stdout) == 0 ? status : fail("standard output: cannot be written", trouble);
}

}  // namespace ptrd
