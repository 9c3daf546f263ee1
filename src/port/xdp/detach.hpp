// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace ptrd::port {

/// Takes off the interface what an earlier ptrd left there: its program and pins. False: it left nothing.
/// Error: that a ptrd still answers there, or why it cannot be done.
[[nodiscard]] tl::expected<bool, std::string> detach_program(const std::string& interface);

}  // namespace ptrd::port
