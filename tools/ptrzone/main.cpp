// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone: zone files to images and back.
#include <exception>
#include <new>
#include <variant>

#include "subcommands.hpp"

int main(int argc, char** argv) {
  using namespace ptrd::tools;
  const auto options = read_options(argc, argv);
  if (!options) return options.error().status;
  try {
    return std::visit([](const auto& chosen) { return run(chosen); }, *options);
  } catch (const std::bad_alloc&) {
    return fail("there is not enough memory for this");
  } catch (const std::exception& error) {  // what the libraries throw
    return fail(error.what());
  }
}
