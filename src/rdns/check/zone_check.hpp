// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "rdns/check/observation.hpp"

namespace ptrd::rdns::check {

struct CheckOptions {
  uint16_t port = 53;  // of the name servers that are asked
  bool v4 = true;
  bool v6 = true;
  bool checksums = false;  // try whether the servers answer packets with wrong checksums; wants CAP_NET_RAW
  bool ptr = true;         // look at the reverse mapping of the servers' addresses
  AskLimits limits;
};

/// Observes a delegation: looks up the servers' addresses, asks each, and their PTRs. `resolver` may be null:
/// then the glue is all that is known. At `end` the handler gets what has been seen by then.
void observe(client::Client& client, client::Resolver* resolver, const CheckOptions& options,
             Delegation delegation, client::Clock::time_point end, std::function<void(Observation)> handler);

/// The delegation of `zone` as a server of the parent zone gives it, by `end`. Error: one line, what could
/// not be found, and which bounds left something out.
void find_delegation(client::Client& client, client::Resolver& resolver, const CheckOptions& options,
                     const wire::Name& zone, client::Clock::time_point end,
                     std::function<void(tl::expected<Delegation, std::string>)> handler);

}  // namespace ptrd::rdns::check
