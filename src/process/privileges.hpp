// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace ptrd::process {

/// What ptrd answers on, as far as the kernel asks for rights.
struct Needs {
  bool xdp = false;
  bool dpdk = false;

  Needs& operator|=(const Needs& other) {
    xdp |= other.xdp;
    dpdk |= other.dpdk;
    return *this;
  }
};

/// Gives up, for good and in all threads, those of libraries too, every capability that such a ptrd does not
/// need once all is open, in every set (capabilities(7)), and the means to gain any by execve (no_new_privs).
/// Sockets need none. What this process did not have it does not get. Called when all is open and before
/// queries are answered: each thread is interrupted by a signal once. Error: a line that says what the kernel
/// refused, or which thread does not answer.
[[nodiscard]] tl::expected<void, std::string> drop_privileges(Needs needs);

}  // namespace ptrd::process
