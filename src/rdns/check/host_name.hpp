// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>
#include <string>

#include "ptrd/wire/name.hpp"

namespace ptrd::rdns::check {

/// Why `name` is not a host name (RFC 952, RFC 1123 2.1): letters, digits and hyphens, no hyphen at an end, a
/// last label that is not all digits. Empty if it is one.
[[nodiscard]] std::optional<std::string> wrong_with_host_name(const wire::Name& name);

}  // namespace ptrd::rdns::check
