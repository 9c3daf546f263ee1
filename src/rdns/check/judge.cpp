// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/check/judge.hpp"

#include <algorithm>

#include "ptrd/wire/rcode.hpp"

namespace ptrd::rdns::check {

namespace {

/// What was observed instead of an answer, in words.
std::string describe(const Reaction& reaction) {
  if (!reaction.asked) return "not queried";
  switch (reaction.outcome) {
    case client::Outcome::timeout:
      return "no reply";
    case client::Outcome::refused:
      return "nothing is listening there";
    case client::Outcome::no_route:
      return "not reachable from here";
    case client::Outcome::reply:
      break;
  }
  if (reaction.tc) return "only a truncated reply";
  if (reaction.rcode != 0) return wire::rcode_to_text(reaction.rcode);
  if (!reaction.soa) return reaction.aa ? "no SOA record" : "a referral or an empty reply";
  return reaction.aa ? "an authoritative answer" : "an answer without AA";
}

std::string both(const AddressObservation& address) {
  const std::string udp = describe(address.udp);
  const std::string tcp = describe(address.tcp);
  return udp == tcp ? udp + " over UDP and TCP" : udp + " over UDP, " + tcp + " over TCP";
}

void judge_lameness(const ServerObservation& server, const AddressObservation& address, Report& report) {
  const auto add = [&](Fault fault, std::string text) {
    report.findings.push_back({fault, label_of(server, address), std::move(text)});
  };
  if (address.unfinished) return;  // reported for the zone
  switch (lameness_of(address)) {
    case Lameness::no_answer:
      return add(Fault::no_answer, both(address));
    case Lameness::not_for_zone:
      return add(Fault::not_for_zone, both(address));
    case Lameness::not_authoritative:
      return add(Fault::no_aa, both(address));
    case Lameness::unknown:
      return add(Fault::no_route, "not queried: this machine has no route to it");
    case Lameness::none:
      break;
  }
  if (!address.udp.authoritative())
    add(Fault::no_udp, describe(address.udp) + " over UDP, an answer over TCP");
  if (!address.tcp.authoritative())
    add(Fault::no_tcp, describe(address.tcp) + " over TCP, an answer over UDP");
}

void judge_manners(const ServerObservation& server, const AddressObservation& address, Report& report) {
  const auto add = [&](Fault fault, std::string text) {
    report.findings.push_back({fault, label_of(server, address), std::move(text)});
  };
  if (address.udp.ra || address.tcp.ra) add(Fault::recursion, "offers recursion (RA is set)");
  if (address.only_without_edns)
    add(Fault::no_edns, "answers only queries without EDNS");
  else if (address.udp.replied() && !address.udp.edns)
    add(Fault::no_edns, "omits the OPT record from its reply");
  if (address.takes_bad_checksums.value_or(false))
    add(Fault::bad_checksums, "answers a packet with a wrong UDP checksum");
  const client::Strays& strays = address.strays;
  if (strays.sum() > 0)
    add(Fault::stray_replies, "ignored during the queries: " + std::to_string(strays.other_source) +
                                  " from other addresses, " + std::to_string(strays.other_id) +
                                  " with other ids, " + std::to_string(strays.other_question) +
                                  " to other questions, " + std::to_string(strays.unreadable) + " malformed");
}

/// One authoritative address clears a server (CPM 10.7); otherwise the one closest to an answer counts.
Lameness lameness_of(const ServerObservation& server) {
  if (server.addresses.empty()) {
    // A name without any address cannot answer; one whose address could not be resolved may.
    const bool nothing = server.lookup && server.lookup->state == client::Lookup::State::nothing;
    return nothing ? Lameness::no_answer : Lameness::unknown;
  }
  const auto any = [&](Lameness wanted) {
    return std::any_of(server.addresses.begin(), server.addresses.end(),
                       [&](const AddressObservation& a) { return lameness_of(a) == wanted; });
  };
  for (const Lameness one :
       {Lameness::none, Lameness::not_authoritative, Lameness::not_for_zone, Lameness::no_answer})
    if (any(one)) return one;
  return Lameness::unknown;
}

}  // namespace

std::string label_of(const ServerObservation& server, const AddressObservation& address) {
  return server.name.to_text() + " " + wire::address_of_key(client::key_of(address.address));
}

Lameness lameness_of(const AddressObservation& address) {
  bool answered = false;
  bool without_aa = false;
  bool unreachable = true;
  for (const Reaction* reaction : {&address.udp, &address.tcp}) {
    if (reaction->authoritative()) return Lameness::none;
    if (reaction->asked && reaction->outcome != client::Outcome::no_route) unreachable = false;
    if (!reaction->replied()) continue;
    answered = true;
    if (reaction->rcode == 0 && reaction->soa) without_aa = true;
  }
  if (without_aa) return Lameness::not_authoritative;
  if (answered) return Lameness::not_for_zone;
  return unreachable ? Lameness::unknown : Lameness::no_answer;
}

void judge_answers(const Observation& seen, Report& report) {
  for (const ServerObservation& server : seen.servers) {
    Verdict verdict{.server = server.name, .addresses = {}, .lameness = lameness_of(server)};
    for (const AddressObservation& address : server.addresses) {
      verdict.addresses.push_back(address.address);
      judge_lameness(server, address, report);
      judge_manners(server, address, report);
    }
    report.verdicts.push_back(std::move(verdict));
  }
}

Report judge(const Observation& seen) {
  Report report{.zone = seen.delegation.zone, .verdicts = {}, .findings = {}};
  judge_limits(seen, report);
  judge_answers(seen, report);
  judge_servers(seen, report);
  judge_ns_sets(seen, report);
  judge_soa(seen, report);
  std::stable_sort(report.findings.begin(), report.findings.end(), [](const Finding& a, const Finding& b) {
    return info(a.fault).severity < info(b.fault).severity;
  });
  return report;
}

}  // namespace ptrd::rdns::check
