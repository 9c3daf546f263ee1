// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "control/service.hpp"
#include "datapath/worker.hpp"

namespace ptrd::control {

/// Kernel sockets at `where`: "192.0.2.1:53" or "[2001:db8::1]:53". Error: a line that says how to mend it.
[[nodiscard]] tl::expected<std::unique_ptr<Service>, std::string> open_socket(const std::string& where,
                                                                              datapath::EngineSlot& engine);

}  // namespace ptrd::control
