// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "rdns/check/report.hpp"

// The parts of `judge`, one topic each.

namespace ptrd::rdns::check {

/// Answers, transports, recursion, EDNS, strays: the behaviour of each address. Adds the verdicts.
void judge_answers(const Observation& seen, Report& report);
/// Names, addresses, glue and reverse mapping of the servers.
void judge_servers(const Observation& seen, Report& report);
/// NS sets of parent and child, and among the servers.
void judge_ns_sets(const Observation& seen, Report& report);
/// The SOA: identical everywhere, and valid fields.
void judge_soa(const Observation& seen, Report& report);

/// What limits left out: servers, addresses, special-purpose addresses, time.
void judge_limits(const Observation& seen, Report& report);

/// `ns1.example.net. 192.0.2.1`.
[[nodiscard]] std::string label_of(const ServerObservation& server, const AddressObservation& address);

}  // namespace ptrd::rdns::check
