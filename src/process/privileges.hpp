// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace ptrd::process {

/// The ports that ptrd answers on, as far as they need privileges.
struct Needs {
  bool xdp = false;
  bool dpdk = false;

  Needs& operator|=(const Needs& other) {
    xdp |= other.xdp;
    dpdk |= other.dpdk;
    return *this;
  }
};

/// Permanently drops every capability that is not needed once everything is open, in all threads, including
/// those of libraries, and in every set (capabilities(7)), and prevents gaining any by execve (no_new_privs).
/// Sockets need none. Never adds capabilities. To be called when everything is open and before queries are
/// answered: each thread is interrupted by a signal once. Error: a line that says what the kernel refused, or
/// which thread does not answer.
[[nodiscard]] tl::expected<void, std::string> drop_privileges(Needs needs);

}  // namespace ptrd::process
