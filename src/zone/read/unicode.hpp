// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ptrd::zone {

/// Removes a UTF-8 byte order mark from the start of `text`; whether there was one.
bool skip_byte_order_mark(std::string_view& text);

/// What to do with a file in UTF-16, with or without a byte order mark; empty if it is in another encoding.
[[nodiscard]] std::optional<std::string> utf16_fault(std::string_view text);

/// The first character of `text` that is not ASCII and what to write in its place, such as `U+00FC; write
/// names in ASCII ...`; `byte 252` where it is not UTF-8 (RFC 3629 3). Empty if there is none.
[[nodiscard]] std::optional<std::string> fault_beyond_ascii(std::string_view text);

}  // namespace ptrd::zone
