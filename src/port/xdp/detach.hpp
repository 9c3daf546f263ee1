// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace ptrd::port {

/// Removes what an earlier ptrd left on the interface: its program and pins. Returns false if there was
/// nothing. Error: a ptrd still answers there, or why it cannot be done.
[[nodiscard]] tl::expected<bool, std::string> detach_program(const std::string& interface);

}  // namespace ptrd::port
