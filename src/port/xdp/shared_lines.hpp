// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "policy/kernel_lines.hpp"

namespace ptrd::port {

/// Lines in an array map of the kernel, for `policy::KernelLines`. The kernel keeps them as long as a
/// program's slot holds the map. Error: errno's text.
[[nodiscard]] tl::expected<std::unique_ptr<policy::SharedMemory>, std::string> make_shared_lines(
    size_t lines);

}  // namespace ptrd::port
