// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// Names in WKS records (RFC 1035 3.4.2). They come from a table here, not from the machine's /etc/services: a
// zone's text means the same everywhere.
namespace ptrd::zone {

/// The number of `TCP`, `UDP` or `ICMP`, in any case, or a decimal number; empty if it is neither.
[[nodiscard]] std::optional<uint8_t> protocol_number(std::string_view word);

/// The port of a well-known service, in any case, or a decimal number; empty if it is neither.
[[nodiscard]] std::optional<uint16_t> port_number(std::string_view word);

}  // namespace ptrd::zone
