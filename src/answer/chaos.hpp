// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "ptrd/answer/engine.hpp"

namespace ptrd::answer {

/// Answers a query in class CH: the server's version and id (RFC 4892), REFUSED for everything else.
[[nodiscard]] Reply write_chaos(wire::MutableBytes buffer, const Query& query, const Settings& settings);

}  // namespace ptrd::answer
