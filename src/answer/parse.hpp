// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <span>

#include "ptrd/answer/engine.hpp"

namespace ptrd::answer {

/// Reads the messages of a burst. A plain question for an address is on a fast path, whether the image has
/// its tree or not; everything else is for the general part, or settled.
void parse(std::span<const Message> messages, Transport transport, const Settings& settings,
           std::span<Query> queries);

/// Reads one message; no query gets on a fast path.
void parse_any(const Message& message, Transport transport, const Settings& settings, Query& query);

}  // namespace ptrd::answer
