// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "datapath/worker.hpp"
#include "service/service.hpp"
#include "service/tcp/limits.hpp"

namespace ptrd::service {

/// The default number of TCP threads: one for each CPU that ptrd may use, at most four; beside a card one, as
/// its workers need their CPUs.
[[nodiscard]] unsigned default_tcp_threads(bool beside_a_card);

/// DNS over TCP (RFC 7766) at `addresses`, "192.0.2.1:53" or "[2001:db8::1]:53", on `limits.threads` threads
/// (0: one). Lowers `limits.connections` to the number of file descriptors that it can get. Error: a line
/// that says how to fix it.
[[nodiscard]] tl::expected<std::unique_ptr<Service>, std::string> open_tcp(
    const std::vector<std::string>& addresses, const TcpLimits& limits, datapath::EngineSlot& engine);

}  // namespace ptrd::service
