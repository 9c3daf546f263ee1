// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "rdns/check/report.hpp"

// The parts of `judge`, one concern each.

namespace ptrd::rdns::check {

/// Answers, transports, recursion, EDNS, strays: what each address does. Adds the verdicts.
void judge_answers(const Observation& seen, Report& report);
/// Names, addresses, glue and reverse mapping of the servers.
void judge_servers(const Observation& seen, Report& report);
/// NS sets of parent and child and among the servers.
void judge_ns_sets(const Observation& seen, Report& report);
/// The SOA: the same everywhere, and its fields.
void judge_soa(const Observation& seen, Report& report);

/// What bounds left out: servers, addresses, special-purpose ones, time.
void judge_limits(const Observation& seen, Report& report);

/// `ns1.example.net. 192.0.2.1`.
[[nodiscard]] std::string label_of(const ServerObservation& server, const AddressObservation& address);

}  // namespace ptrd::rdns::check
