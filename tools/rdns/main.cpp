// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// rdns: the delegation side of reverse DNS.
#include <variant>

#include "subcommands.hpp"

const char* const ptrd::kProgram = "rdns";

int main(int argc, char** argv) {
  using namespace ptrd;
  return run_program(cli::read_options(argc, argv), [](const auto& chosen) {
    return std::visit([](const auto& one) { return cli::run(one); }, chosen);
  });
}
