// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/check/delegation.hpp"

#include <algorithm>

#include "client/endpoint.hpp"
#include "rdns/objects/scan.hpp"

namespace ptrd::rdns::check {

namespace {

asio::ip::address address_of_glue(const HostAddress& glue) {
  return client::address_of(
      rdns::key_of(glue.family, glue.address, glue.family == wire::Family::v4 ? 4 : 32));
}

Delegation delegation_of(const DomainObject& object) {
  Delegation delegation{.zone = object.domain.name};
  for (const NameServer& server : object.servers) {
    // A host with two addresses occurs twice in the object, and is one server.
    auto known = std::find_if(delegation.servers.begin(), delegation.servers.end(),
                              [&](const DelegatedServer& one) { return one.name == server.host; });
    if (known == delegation.servers.end())
      known = delegation.servers.insert(known, DelegatedServer{.name = server.host, .glue = {}});
    if (server.glue) known->glue.push_back(address_of_glue(*server.glue));
  }
  return delegation;
}

}  // namespace

tl::expected<DelegationFile, std::string> read_delegations(const std::string& path) {
  DelegationFile file;
  DomainScan scan(
      Operation::create, [&](const rdns::Finding&) { ++file.findings; },
      [&](const DomainObject& object, Place) { file.delegations.push_back(delegation_of(object)); });
  const auto read = scan.read(path, [](Position, const ScanCounts&) {});
  if (!read) return tl::unexpected(read.error());
  return file;
}

}  // namespace ptrd::rdns::check
