// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <map>
#include <set>

#include "rdns/check/host_name.hpp"
#include "rdns/check/judge.hpp"

namespace ptrd::rdns::check {

namespace {

using asio::ip::address;

std::string text_of(const address& one) {
  return wire::address_of_key(client::key_of(one));
}

bool contains(const std::vector<address>& all, const address& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

void judge_name(const ServerObservation& server, Report& report) {
  const std::string name = server.name.to_text();
  if (const auto wrong = wrong_with_host_name(server.name))
    report.findings.push_back({Fault::bad_host_name, name, "the server's name " + *wrong});
  if (!server.lookup) return;
  if (!(server.lookup->canonical == server.name))
    report.findings.push_back({Fault::ns_is_alias, name,
                               "is an alias of " + server.lookup->canonical.to_text() + " (RFC 2181 10.3)"});
  if (!server.addresses.empty() || !server.lookup->records.empty()) return;
  if (server.lookup->state == client::Lookup::State::nothing)
    report.findings.push_back({Fault::no_address, name, "has no address"});
  else
    report.findings.push_back(
        {Fault::address_unknown, name, "its address cannot be looked up: " + server.lookup->failure});
}

/// Glue if the name is inside the zone, equal to the zone's own records. A parent may send more.
void judge_glue(const Observation& seen, const ServerObservation& server, Report& report) {
  const bool inside = server.name.is_below_or_at(seen.delegation.zone);
  const std::string name = server.name.to_text();
  if (seen.delegation.parent_is_child) return;
  if (inside && server.glue.empty())
    report.findings.push_back({Fault::missing_glue, name, "is inside the zone and has no glue"});
  if (!inside || !server.lookup || server.lookup->state != client::Lookup::State::found) return;
  std::vector<address> own;
  for (const client::Record& record : server.lookup->records)
    own.push_back(client::address_of(record.address()));
  for (const address& glue : server.glue)
    if (!contains(own, glue))
      report.findings.push_back(
          {Fault::glue_differs, name, "glue " + text_of(glue) + " is not one of its addresses"});
}

void judge_ptr(const ServerObservation& server, const AddressObservation& one, Report& report) {
  if (!one.ptr) return;
  const Verification& ptr = *one.ptr;
  const auto add = [&](Fault fault, const std::string& text) {
    report.findings.push_back({fault, label_of(server, one), text});
  };
  // The server's own name is right even if its address is unknown otherwise: it may be glue.
  if (std::find(ptr.names.begin(), ptr.names.end(), server.name) != ptr.names.end()) return;
  switch (ptr.result) {
    case Iprev::pass:
      return;
    case Iprev::permerror:
      return add(Fault::ptr_missing, "its address has no PTR record");
    case Iprev::fail:
      return add(Fault::ptr_wrong,
                 "its address has the PTR record " + ptr.names.front().to_text() + ": " + ptr.reason);
    case Iprev::temperror:
      return add(Fault::ptr_unknown, ptr.reason);
  }
}

/// The network that one failure takes down: a /24, a /48.
std::string network_of(const address& one) {
  wire::AddressKey key = client::key_of(one);
  const size_t kept = key.family == wire::Family::v4 ? 3 : 6;
  std::fill(key.address.begin() + static_cast<ptrdiff_t>(kept), key.address.end(), uint8_t{0});
  return wire::address_of_key(key) + (key.family == wire::Family::v4 ? "/24" : "/48");
}

void judge_spread(const Observation& seen, Report& report) {
  std::map<address, std::string> owner;
  std::set<std::string> placed;  // servers that have an address
  std::set<std::string> networks4;
  std::set<std::string> networks6;
  for (const ServerObservation& server : seen.servers) {
    for (const AddressObservation& one : server.addresses) {
      placed.insert(server.name.lowered().to_text());
      const auto [at, fresh] = owner.try_emplace(one.address, server.name.to_text());
      if (!fresh && at->second != server.name.to_text())
        report.findings.push_back(
            {Fault::duplicate_address, label_of(server, one), "is the address of " + at->second + " too"});
      (one.address.is_v4() ? networks4 : networks6).insert(network_of(one.address));
    }
  }
  if (placed.size() < 2 || networks4.size() > 1 || networks6.size() > 1) return;
  std::string where;
  for (const auto* networks : {&networks4, &networks6})
    for (const std::string& network : *networks) where += (where.empty() ? "" : " and ") + network;
  report.findings.push_back({Fault::one_prefix, "", "all servers are in " + where + " (RFC 2182 3.1)"});
}

}  // namespace

void judge_servers(const Observation& seen, Report& report) {
  for (const auto& [text, why] : seen.delegation.bad_names)
    report.findings.push_back({Fault::bad_name, text, "is not a name: " + why});
  const size_t servers = seen.servers.size() + seen.delegation.bad_names.size();
  if (servers < 2)
    report.findings.push_back(
        {Fault::few_servers, "", std::to_string(servers) + " name server, at least two are required"});
  std::set<std::string> names;
  for (const ServerObservation& server : seen.servers) {
    if (!names.insert(server.name.lowered().to_text()).second)
      report.findings.push_back({Fault::duplicate_name, server.name.to_text(), "is listed twice"});
    judge_name(server, report);
    judge_glue(seen, server, report);
    for (const AddressObservation& one : server.addresses) judge_ptr(server, one, report);
  }
  judge_spread(seen, report);
}

}  // namespace ptrd::rdns::check
