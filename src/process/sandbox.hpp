// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>

namespace ptrd::process {

/// How `work` in a sandbox ended badly.
struct SandboxFailure {
  std::string what;      // a sentence
  bool crashed = false;  // a signal ended it; else `work` said so itself
};

/// What is done in a sandbox, and what comes of it: a text of 4 KB at most.
using Work = std::function<tl::expected<std::string, std::string>()>;

/// Runs `work` in a child process that has given up all capabilities, may make hardly a system call but those
/// for memory, threads and reading what is open (seccomp(2)), and is the first to go when memory runs out. So
/// whatever the bytes that it looks at do to it, this process learns of it and goes on. The child sees this
/// process's memory as it is now; what it changes there is lost. To be called by a process of one thread.
/// `name` is what ps(1) shows. Gives what `work` gives. Error: that of `work`, or how it was ended.
[[nodiscard]] tl::expected<std::string, SandboxFailure> in_sandbox(const char* name, const Work& work);

}  // namespace ptrd::process
