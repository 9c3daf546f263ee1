// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// rdns: the delegation side of reverse DNS.
#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <new>
#include <variant>

#include "ptrd/wire/one_line.hpp"
#include "subcommands.hpp"

namespace ptrd::cli {

int fail(std::string_view what, int status) {
  fmt::print(stderr, "rdns: {}\n", wire::one_line(what));
  return status;
}

}  // namespace ptrd::cli

int main(int argc, char** argv) {
  using namespace ptrd::cli;
  const auto options = read_options(argc, argv);
  if (!options) return options.error().status;
  try {
    const int status = std::visit([](const auto& chosen) { return run(chosen); }, *options);
    return std::fflush(stdout) == 0 ? status : fail("standard output: cannot be written");
  } catch (const std::bad_alloc&) {
    return fail("there is not enough memory for this");
  } catch (const std::exception& error) {  // what the libraries throw
    return fail(error.what());
  }
}
