// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "ptrd/answer/engine.hpp"

namespace ptrd::answer {

/// Answers any query of class IN or ANY (RFC 1034 4.3.2, RFC 1035 6.2).
[[nodiscard]] Reply write_general(wire::MutableBytes buffer, const Query& query, const image::View& image,
                                  const Settings& settings);

}  // namespace ptrd::answer
