// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "rdns/check/observation.hpp"

namespace ptrd::rdns::check {

/// Queries one address of a name server about `zone`: SOA over UDP (with EDNS, and without it if that fails)
/// and over TCP, and the NS set, until `end`. `handler` gets everything except the PTR part.
void probe_server(client::Client& client, const client::Endpoint& server, const wire::Name& zone,
                  client::Clock::time_point end, std::function<void(AddressObservation)> handler);

}  // namespace ptrd::rdns::check
