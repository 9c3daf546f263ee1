// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "json.hpp"

namespace ptrd::ctl {

/// Responses as text.
[[nodiscard]] std::string show_status(const Json& response);
[[nodiscard]] std::string show_swap(const Json& response);
[[nodiscard]] std::string show_applied(const Json& response);
[[nodiscard]] std::string show_stats(const Json& response);
[[nodiscard]] std::string show_zones(const Json& response);
[[nodiscard]] std::string show_policy(const Json& response);
[[nodiscard]] std::string show_verdict(const Json& response);
[[nodiscard]] std::string show_level(const Json& response);

}  // namespace ptrd::ctl
