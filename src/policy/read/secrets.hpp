// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "policy/siphash.hpp"

namespace ptrd::policy {

/// The secrets of cookies (RFC 9018 5): one in a line, 32 hexadecimal digits, as other servers take them. The
/// first makes cookies; a second one, the one before or the next, is accepted as well. Error: a line without
/// the contents.
[[nodiscard]] tl::expected<std::vector<SipKey>, std::string> read_secrets(const std::string& path);

}  // namespace ptrd::policy
