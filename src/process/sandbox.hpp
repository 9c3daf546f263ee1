// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>

namespace ptrd::process {

/// How `work` in a sandbox failed.
struct SandboxFailure {
  std::string what;      // a sentence
  bool crashed = false;  // killed by a signal; otherwise reported by `work` itself
};

/// The work done in a sandbox; its result is a text of at most 4 KB.
using Work = std::function<tl::expected<std::string, std::string>()>;

/// Runs `work` in a child process that has dropped all capabilities, may make few system calls other than
/// those for memory, threads and reading open files (seccomp(2)), and is the first to be killed when memory
/// runs out. So whatever hostile data do to the child, this process is told and goes on. The child sees this
/// process's memory as it is now; its changes are lost. To be called by a single-threaded process. `name` is
/// shown by ps(1). Returns the result of `work`. Error: that of `work`, or how it was killed.
[[nodiscard]] tl::expected<std::string, SandboxFailure> in_sandbox(const char* name, const Work& work);

}  // namespace ptrd::process
