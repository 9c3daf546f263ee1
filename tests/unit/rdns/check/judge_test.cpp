// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <gtest/gtest.h>

#include <set>

#include "rdns/check/report.hpp"

using namespace ptrd;
using namespace ptrd::client;
using namespace ptrd::rdns::check;

namespace {

wire::Name name(const char* text) {
  return wire::Name::from_text(text).value();
}

asio::ip::address address(const char* text) {
  return asio::ip::make_address(text);
}

Soa good_soa() {
  return {.mname = name("ns1.example.net"),
          .rname = name("hostmaster.example.net"),
          .serial = 1,
          .refresh = 14400,
          .retry = 3600,
          .expire = 1209600,
          .minimum = 3600};
}

AddressObservation healthy(const char* where, const char* ptr) {
  AddressObservation seen{.address = address(where)};
  seen.udp = {.asked = true, .outcome = Outcome::reply, .aa = true, .edns = true, .soa = good_soa()};
  seen.tcp = seen.udp;
  seen.ns.emplace({name("ns1.example.net"), name("ns2.example.org")});
  seen.ptr =
      rdns::Verification{.address = key_of(seen.address), .result = rdns::Iprev::pass, .names = {name(ptr)}};
  return seen;
}

ServerObservation server(const char* called, const char* where) {
  Record record{.owner = name(called), .type = 1};
  const auto key = key_of(address(where));
  record.data.assign(key.address.begin(), key.address.begin() + 4);
  return {.name = name(called),
          .glue = {},
          .lookup = Lookup{.state = Lookup::State::found, .records = {record}, .canonical = name(called)},
          .addresses = {healthy(where, called)}};
}

/// Two healthy servers in two networks.
Observation healthy_zone() {
  Observation seen;
  seen.delegation.zone = name("2.0.192.in-addr.arpa");
  seen.delegation.parent = name("192.in-addr.arpa");
  seen.servers = {server("ns1.example.net", "198.51.100.1"), server("ns2.example.org", "203.0.113.1")};
  return seen;
}

std::set<std::string> ids(const Report& report) {
  std::set<std::string> all;
  for (const Finding& finding : report.findings) all.emplace(info(finding.fault).id);
  return all;
}

using Ids = std::set<std::string>;

/// The effect of a change to both servers' SOA.
template <typename Change>
Report with_soa(Change change) {
  Observation seen = healthy_zone();
  for (ServerObservation& one : seen.servers) {
    change(*one.addresses[0].udp.soa);
    change(*one.addresses[0].tcp.soa);
  }
  return judge(seen);
}

}  // namespace

// A healthy zone has no findings.
TEST(Judge, PassesAHealthyZone) {
  const Report report = judge(healthy_zone());
  EXPECT_TRUE(report.findings.empty());
  EXPECT_FALSE(report.failed());
  EXPECT_EQ(report.verdicts[0].lameness, Lameness::none);
}

// CPM 10.7: the three ways to be lame, and what each transport adds to them.
TEST(Judge, TellsTheThreeWaysToBeLame) {
  const Reaction silence{.asked = true, .outcome = Outcome::timeout};
  const Reaction refused{.asked = true, .outcome = Outcome::reply, .rcode = 5};
  const Reaction without_aa{.asked = true, .outcome = Outcome::reply, .soa = good_soa()};
  const Reaction unreachable{.asked = true, .outcome = Outcome::no_route};
  const Reaction good{.asked = true, .outcome = Outcome::reply, .aa = true, .edns = true, .soa = good_soa()};
  const auto judged = [](const Reaction& udp, const Reaction& tcp) {
    return lameness_of(AddressObservation{.address = address("192.0.2.1"), .udp = udp, .tcp = tcp});
  };
  EXPECT_EQ(judged(silence, silence), Lameness::no_answer);
  EXPECT_EQ(judged(refused, silence), Lameness::not_for_zone);
  EXPECT_EQ(judged(silence, without_aa), Lameness::not_authoritative);
  EXPECT_EQ(judged(refused, without_aa), Lameness::not_authoritative);
  EXPECT_EQ(judged(unreachable, unreachable), Lameness::unknown);
  EXPECT_EQ(judged(silence, good), Lameness::none);
}

// One authoritative address clears a server; its silent address is still a finding.
TEST(Judge, OneAnswerClearsAServer) {
  Observation seen = healthy_zone();
  AddressObservation silent{.address = address("2001:db8::1")};
  silent.udp = silent.tcp = {.asked = true, .outcome = Outcome::timeout};
  seen.servers[0].addresses.push_back(silent);
  const Report report = judge(seen);
  EXPECT_EQ(report.verdicts[0].lameness, Lameness::none);
  EXPECT_EQ(ids(report), Ids({"no-answer"}));
  EXPECT_TRUE(report.failed());
}

// An address that this machine cannot reach is not held against the server.
TEST(Judge, NoRouteIsNoFault) {
  Observation seen = healthy_zone();
  seen.servers[0].addresses[0].udp =
      seen.servers[0].addresses[0].tcp = {.asked = true, .outcome = Outcome::no_route};
  seen.servers[0].addresses[0].ns.reset();
  const Report report = judge(seen);
  EXPECT_EQ(report.verdicts[0].lameness, Lameness::unknown);
  EXPECT_EQ(ids(report), Ids({"no-route"}));
  EXPECT_FALSE(report.failed());
}

// Each SOA rule of the score table, with its points.
TEST(Judge, ScoresTheSoa) {
  struct Case {
    const char* id;
    unsigned points;
    std::function<void(Soa&)> change;
  };
  const Case cases[] = {
      {"expire-below-refresh-retry", 7, [](Soa& soa) { soa.refresh = 1209600; }},
      {"expire-range", 4, [](Soa& soa) { soa.expire = 604800; }},
      {"expire-range", 4, [](Soa& soa) { soa.expire = 3600001; }},
      {"retry-range", 4, [](Soa& soa) { soa.retry = 179; }},
      {"retry-range", 4, [](Soa& soa) { soa.retry = 7201; }},
      {"expire-below-refresh", 20, [](Soa& soa) { soa.refresh = 1209601; }},
      {"rname-at-sign", 20, [](Soa& soa) { soa.rname = name("host@example.net"); }},
      {"rname-no-dot", 20, [](Soa& soa) { soa.rname = name("hostmaster"); }},
      {"rname-malformed", 20, [](Soa& soa) { soa.rname = name("hostmaster.exa_mple.net"); }},
      {"rname-malformed", 20, [](Soa& soa) { soa.rname = name("host\\032master.example.net"); }},
      {"rname-in-reverse-tree", 2, [](Soa& soa) { soa.rname = name("hostmaster.2.0.192.in-addr.arpa"); }},
      {"soa-empty", 20, [](Soa& soa) { soa.rname = wire::Name(); }},
      {"soa-empty", 20, [](Soa& soa) { soa.mname = wire::Name(); }},
      {"bad-host-name", 20, [](Soa& soa) { soa.mname = name("ns_1.example.net"); }},
  };
  for (const Case& one : cases) {
    const Report report = with_soa(one.change);
    EXPECT_EQ(ids(report), Ids({one.id}));
    EXPECT_EQ(report.points(), one.points) << one.id;
    EXPECT_EQ(report.failed(), one.points >= kFailingPoints) << one.id;
  }
}

// A dotted mailbox is written with an escaped dot, and is fine.
TEST(Judge, TakesADottedMailbox) {
  EXPECT_TRUE(with_soa([](Soa& soa) { soa.rname = name("host\\.master.example.net"); }).findings.empty());
}

// Small faults add up: five wrong PTRs are 20 points.
TEST(Judge, PointsAddUp) {
  Observation seen = healthy_zone();
  for (const char* where : {"198.51.100.2", "198.51.100.3", "198.51.100.4", "198.51.100.5", "198.51.100.6"}) {
    EXPECT_FALSE(judge(seen).failed()) << where;
    AddressObservation more = healthy(where, "ns1.example.net");
    more.ptr = rdns::Verification{.address = key_of(more.address), .result = rdns::Iprev::permerror};
    seen.servers[0].addresses.push_back(more);
  }
  const Report report = judge(seen);
  EXPECT_EQ(ids(report), Ids({"ptr-missing"}));
  EXPECT_EQ(report.points(), 20U);
  EXPECT_TRUE(report.failed());
}

// A PTR to the server's own name is right even without further confirmation; another name must resolve back.
TEST(Judge, LooksAtTheReverseMapping) {
  Observation seen = healthy_zone();
  rdns::Verification& ptr = *seen.servers[0].addresses[0].ptr;
  ptr.result = rdns::Iprev::fail;
  EXPECT_TRUE(judge(seen).findings.empty());
  ptr.names = {name("other.example.net")};
  EXPECT_EQ(ids(judge(seen)), Ids({"ptr-wrong"}));
  ptr.result = rdns::Iprev::pass;
  EXPECT_TRUE(judge(seen).findings.empty());
  ptr.result = rdns::Iprev::temperror;
  EXPECT_EQ(ids(judge(seen)), Ids({"ptr-unknown"}));
}

// NS sets of parent, child and the servers.
TEST(Judge, ComparesNsSets) {
  Observation seen = healthy_zone();
  for (ServerObservation& one : seen.servers) one.addresses[0].ns->push_back(name("NS3.example.net"));
  EXPECT_EQ(ids(judge(seen)), Ids({"child-ns-not-in-parent"}));
  seen.servers[0].addresses[0].ns->pop_back();
  EXPECT_EQ(ids(judge(seen)), Ids({"child-ns-not-in-parent", "ns-sets-differ"}));
  seen = healthy_zone();
  for (ServerObservation& one : seen.servers) one.addresses[0].ns->pop_back();
  EXPECT_EQ(ids(judge(seen)), Ids({"parent-ns-not-in-child"}));
  seen.delegation.parent_is_child = true;  // its list is the child's own
  EXPECT_TRUE(judge(seen).findings.empty());
}

// Names, aliases, addresses and glue of the servers.
TEST(Judge, LooksAtNamesAndAddresses) {
  const auto judged = [](const std::function<void(Observation&)>& change) {
    Observation seen = healthy_zone();
    change(seen);
    return ids(judge(seen));
  };
  EXPECT_EQ(judged([](Observation& seen) { seen.servers[0].lookup->canonical = name("x.example.net"); }),
            Ids({"ns-is-alias"}));
  EXPECT_EQ(judged([](Observation& seen) { seen.servers.push_back(seen.servers[0]); }),
            Ids({"duplicate-name"}));
  EXPECT_EQ(judged([](Observation& seen) { seen.servers[1].addresses[0].address = address("198.51.100.1"); }),
            Ids({"duplicate-address", "one-prefix"}));
  EXPECT_EQ(judged([](Observation& seen) { seen.servers[1].addresses[0].address = address("198.51.100.2"); }),
            Ids({"one-prefix"}));
  EXPECT_EQ(judged([](Observation& seen) { seen.delegation.bad_names.emplace_back("a..b", "empty label"); }),
            Ids({"bad-name"}));
  EXPECT_EQ(judged([](Observation& seen) {
              seen.servers[0].addresses.clear();
              seen.servers[0].lookup =
                  Lookup{.state = Lookup::State::nothing, .canonical = seen.servers[0].name};
            }),
            Ids({"no-address"}));
  EXPECT_EQ(judged([](Observation& seen) {
              seen.servers.pop_back();
              seen.servers[0].addresses[0].ns->pop_back();
            }),
            Ids({"few-servers"}));
}

// Other behaviour of a server: recursion, EDNS, one transport missing, stray messages.
TEST(Judge, LooksAtManners) {
  const auto judged = [](const std::function<void(AddressObservation&)>& change) {
    Observation seen = healthy_zone();
    change(seen.servers[0].addresses[0]);
    return ids(judge(seen));
  };
  EXPECT_EQ(judged([](auto& seen) { seen.udp.ra = true; }), Ids({"recursion"}));
  EXPECT_EQ(judged([](auto& seen) { seen.udp.edns = false; }), Ids({"no-edns"}));
  EXPECT_EQ(judged([](auto& seen) { seen.tcp = {.asked = true, .outcome = Outcome::refused}; }),
            Ids({"no-tcp"}));
  EXPECT_EQ(judged([](auto& seen) { seen.udp = {.asked = true, .outcome = Outcome::timeout}; }),
            Ids({"no-udp"}));
  EXPECT_EQ(judged([](auto& seen) { seen.takes_bad_checksums = false; }), Ids());
  EXPECT_EQ(judged([](auto& seen) { seen.takes_bad_checksums = true; }), Ids({"bad-checksums"}));
  EXPECT_EQ(judged([](auto& seen) { seen.strays.other_id = 1; }), Ids({"stray-replies"}));
  EXPECT_EQ(judged([](auto& seen) { seen.tcp.soa->serial = 2; }), Ids({"serials-differ"}));
}

// Checks skipped because of a limit are reported, and fail the zone.
TEST(Judge, TellsWhatBoundsLeftOut) {
  Observation seen = healthy_zone();
  seen.limits.servers = 1;
  EXPECT_EQ(ids(judge(seen)), Ids{"too-many-servers"});
  seen = healthy_zone();
  seen.servers[0].special = {address("127.0.0.1"), address("10.0.0.1")};
  Report report = judge(seen);
  EXPECT_EQ(ids(report), Ids{"special-address"});
  EXPECT_TRUE(report.failed());
  EXPECT_NE(report.findings[0].text.find("127.0.0.1: loopback (RFC 1122 3.2.1.3) and 1 more"),
            std::string::npos);
  seen = healthy_zone();
  seen.servers[1].left_out = {address("8.8.8.8")};
  EXPECT_EQ(ids(judge(seen)), Ids{"too-many-addresses"});
  seen = healthy_zone();
  seen.time_is_up = true;
  seen.servers[1].addresses[0] = {.address = seen.servers[1].addresses[0].address, .unfinished = true};
  report = judge(seen);
  EXPECT_EQ(ids(report), Ids{"time-is-up"});
  EXPECT_EQ(report.verdicts[1].lameness, Lameness::unknown);
}

// A prefix that is allowed, and no other, takes addresses out of the table.
TEST(AskLimits, AllowedPrefixes) {
  AskLimits limits;
  EXPECT_NE(limits.why_not(address("127.0.0.1")), nullptr);
  EXPECT_NE(limits.why_not(address("::ffff:127.0.0.1")), nullptr);
  EXPECT_EQ(limits.why_not(address("8.8.8.8")), nullptr);
  limits.allowed = {rdns::prefix_of_text("127.0.0.0/30").value()};
  EXPECT_EQ(limits.why_not(address("127.0.0.1")), nullptr);
  EXPECT_NE(limits.why_not(address("127.0.0.4")), nullptr);
  EXPECT_NE(limits.why_not(address("::1")), nullptr);
}
