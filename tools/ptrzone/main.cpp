// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone: zone files to images and back.
#include <variant>

#include "subcommands.hpp"

const char* const ptrd::kProgram = "ptrzone";

int main(int argc, char** argv) {
  using namespace ptrd;
  const auto options = tools::read_options(argc, argv);
  const bool diff = options && std::holds_alternative<tools::DiffOptions>(*options);
  return run_program(
      options,
      [](const auto& chosen) { return std::visit([](const auto& one) { return tools::run(one); }, chosen); },
      diff ? kTrouble : kFailed);
}
