// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "ptrd/answer/engine.hpp"

namespace ptrd::answer {

/// The answer in class CH: what this server is (RFC 4892); REFUSED for all else.
[[nodiscard]] Reply write_chaos(wire::MutableBytes buffer, const Query& query, const Settings& settings);

}  // namespace ptrd::answer
