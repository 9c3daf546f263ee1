// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/name.hpp"
#include "zone/rdata/text.hpp"

namespace ptrd::zone {

/// A record as a zone file has it, without the end of the line: owner, TTL, IN, type, data. Types that not
/// all readers know, and malformed data, come out in the form of RFC 3597 5.
[[nodiscard]] std::string record_to_text(const wire::Name& owner, uint16_t type, uint32_t ttl,
                                         wire::Bytes rdata, TextStyle style = TextStyle::zone_file);

/// A whole DNS message as dig prints it: header, OPT, question, the three sections.
[[nodiscard]] std::string message_to_text(wire::Bytes message);

}  // namespace ptrd::zone
