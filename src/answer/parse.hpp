// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <span>

#include "ptrd/answer/engine.hpp"

namespace ptrd::answer {

/// Parses the messages of a burst. A plain question for an address takes a fast path, whether or not the
/// image has its tree; everything else takes the general part, or its outcome is decided here.
void parse(std::span<const Message> messages, Transport transport, const Settings& settings,
           std::span<Query> queries);

/// Parses one message; no query takes a fast path.
void parse_any(const Message& message, Transport transport, const Settings& settings, Query& query);

}  // namespace ptrd::answer
