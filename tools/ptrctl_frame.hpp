// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "ptrctl_client.hpp"

namespace ptrd::ctl {

/// What `top` knows at one moment: the responses to `stats` and `prefixes`.
struct Frame {
  Json stats;
  Json prefixes;
};

/// A screen of `top`: rates by service, worker, kind and reason between two moments, and the prefixes that
/// are asked about most.
[[nodiscard]] std::string show_top(const Frame& before, const Frame& now, const Json& status);

}  // namespace ptrd::ctl
