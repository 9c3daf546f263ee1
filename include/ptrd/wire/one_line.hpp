// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <string_view>

namespace ptrd::wire {

/// Text from outside (a path, a name, another program's output) in a form that is safe in a line of a log or
/// an error: control characters, including those of UTF-8's second block (U+0080 to U+009F), are written as
/// `\DDD`, as in domain names (RFC 1035 5.1), so that they neither end the line nor reach a terminal.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace ptrd::wire
