// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rdns/objects/delegation_signer.hpp"
#include "rdns/objects/domain_name.hpp"
#include "rdns/objects/name_server.hpp"
#include "rdns/objects/rpsl_reader.hpp"

namespace ptrd::rdns {

/// The operation on the objects of a file: AFRINIC accepts a dash only when objects are created.
enum class Operation : uint8_t { create, modify, erase };

/// The delegation that a domain object requests.
struct DomainObject {
  ReverseDomain domain;
  std::vector<NameServer> servers;  // a host with two addresses occurs twice
  std::vector<DelegationSigner> ds;
  bool delegable = true;  // it breaks no rule that the DNS depends on (RuleFacts::dns)
};

/// Called for each broken rule with the line of the attribute that breaks it.
using FaultSink = std::function<void(Rule rule, uint64_t line, std::string text)>;

/// Checks an object of the class `domain` for all rules that concern a single object. Returns what could be
/// read; empty if the domain could not.
std::optional<DomainObject> check_domain_object(const RpslObject& object, Operation operation,
                                                const FaultSink& fault);

}  // namespace ptrd::rdns
