// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>

#include "port/interface.hpp"

namespace ptrd::port {

/// The id of the program on the interface; 0: there is none.
[[nodiscard]] uint32_t attached_program(const Interface& interface);

/// Its name; empty: none.
[[nodiscard]] std::string attached_program_name(const Interface& interface);

/// Whether that program runs in the driver, before the kernel allocates a packet buffer.
[[nodiscard]] bool attached_natively(const Interface& interface);

/// The error line for an interface with a foreign program: whose it is, and how to remove it.
[[nodiscard]] std::string foreign_program(const Interface& interface);

}  // namespace ptrd::port
