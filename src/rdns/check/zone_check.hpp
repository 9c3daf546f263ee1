// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "rdns/check/observation.hpp"

namespace ptrd::rdns::check {

struct CheckOptions {
  uint16_t port = 53;  // of the name servers that are queried
  bool v4 = true;
  bool v6 = true;
  bool checksums = false;  // test whether the servers answer packets with wrong checksums; needs CAP_NET_RAW
  bool ptr = true;         // check the reverse mapping of the servers' addresses
  AskLimits limits;
};

/// Observes a delegation: looks up the servers' addresses, queries each, and their PTRs. `resolver` may be
/// null: then only glue is known. At `end` the handler gets what is known by then.
void observe(client::Client& client, client::Resolver* resolver, const CheckOptions& options,
             Delegation delegation, client::Clock::time_point end, std::function<void(Observation)> handler);

/// The delegation of `zone` as returned by a server of the parent zone, by `end`. Error: one line, what could
/// not be found, and which limits were reached.
void find_delegation(client::Client& client, client::Resolver& resolver, const CheckOptions& options,
                     const wire::Name& zone, client::Clock::time_point end,
                     std::function<void(tl::expected<Delegation, std::string>)> handler);

}  // namespace ptrd::rdns::check
