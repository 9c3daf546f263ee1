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

/// What is done with the objects of a file: AFRINIC takes a dash when objects are created, and never else.
enum class Operation : uint8_t { create, modify, erase };

/// The delegation that a domain object asks for.
struct DomainObject {
  ReverseDomain domain;
  std::vector<NameServer> servers;  // a host with two addresses stands here twice
  std::vector<DelegationSigner> ds;
  bool delegable = true;  // it breaks no rule that the DNS depends on (RuleFacts::dns)
};

/// Told of each broken rule with the line of the attribute that breaks it.
using FaultSink = std::function<void(Rule rule, uint64_t line, std::string text)>;

/// Checks an object of the class `domain` by all rules that it can break on its own. Gives what can be read
/// of it; nothing when the domain cannot.
std::optional<DomainObject> check_domain_object(const RpslObject& object, Operation operation,
                                                const FaultSink& fault);

}  // namespace ptrd::rdns
