// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "json.hpp"

namespace ptrd::ctl {

/// The data of `top` at one moment: the responses to `stats` and `prefixes`.
struct Frame {
  Response stats;
  Response prefixes;
};

/// A screen of `top`: rates by service, worker, kind and reason between two moments, and the prefixes that
/// are queried most.
[[nodiscard]] std::string show_top(const Frame& before, const Frame& now, const Response& status);

}  // namespace ptrd::ctl
