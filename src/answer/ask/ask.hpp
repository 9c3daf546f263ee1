// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <vector>

#include "ptrd/answer/engine.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::answer {

/// The reply to a question in class IN, as ptrd sends it over TCP; with `dnssec`, to a query whose OPT record
/// has the DO bit. It is in `buffer`, which grows to 64 KiB and may be used again. Empty: there is no reply.
[[nodiscard]] wire::Bytes ask(const Engine& engine, const wire::Name& name, uint16_t type, bool dnssec,
                              std::vector<uint8_t>& buffer);

}  // namespace ptrd::answer
