// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "client.hpp"

namespace ptrd::ctl {

/// Shows rates, updated every second until q or Ctrl-C; `once`: one plain frame. Error: a line that says why
/// it ended.
[[nodiscard]] tl::expected<void, std::string> run_top(Client& client, bool once);

}  // namespace ptrd::ctl
