// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <exception>
#include <new>
#include <string_view>
#include <tl/expected.hpp>

#include "lib/exit_status.hpp"

namespace ptrd {

/// The program's name in its messages; each main.cpp defines it.
extern const char* const kProgram;

/// Says on standard error in one line what went wrong; gives the status for it.
int fail(std::string_view what, int status = kFailed);

/// `status` once standard output is written, else `trouble`, and says so.
[[nodiscard]] int finish(int status, int trouble);

/// A program from the command line to its exit status: `run` does what `options` ask for. What the libraries
/// throw, or that standard output cannot be written, is said in one line, and `trouble` is the status.
template <class Options, class Run>
[[nodiscard]] int run_program(const tl::expected<Options, Refusal>& options, const Run& run,
                              int trouble = kFailed) {
  if (!options) {
    if (!options.error().what.empty()) fail(options.error().what);
    return options.error().status;
  }
  try {
    return finish(run(*options), trouble);
  } catch (const std::bad_alloc&) {
    return fail("there is not enough memory for this", trouble);
  } catch (const std::exception& error) {
    return fail(error.what(), trouble);
  }
}

}  // namespace ptrd
