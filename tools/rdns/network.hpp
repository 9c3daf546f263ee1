// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "client/client.hpp"
#include "options.hpp"

namespace ptrd::cli {

[[nodiscard]] client::ClientOptions client_options(const NetworkOptions& options);

/// The given resolver, or the system's first. Error: one line.
[[nodiscard]] tl::expected<client::Endpoint, std::string> find_resolver(const NetworkOptions& options);

}  // namespace ptrd::cli
