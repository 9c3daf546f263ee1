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

struct SocketOptions {
  std::vector<std::string> addresses;  // "192.0.2.1:53" or "[2001:db8::1]:53"
  unsigned threads = 1;                // for UDP, at each address
  TcpLimits tcp;
};

/// The default number of UDP threads at each address. Without a card, one for each CPU that ptrd may use: an
/// idle thread sleeps in the kernel, and the kernel keeps a client on one thread. Beside a card, one: the
/// card's workers need their CPUs, and sockets get only the rest of the queries.
[[nodiscard]] unsigned default_socket_threads(bool beside_a_card);

/// Opens UDP and TCP at each address. Error: a line that says how to fix it.
[[nodiscard]] tl::expected<std::unique_ptr<Service>, std::string> open_sockets(const SocketOptions& options,
                                                                               datapath::EngineSlot& engine);

}  // namespace ptrd::service
