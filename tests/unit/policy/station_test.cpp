// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/station.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "datapath/messages.hpp"
#include "policy/read/reader.hpp"
#include "ptrd/wire/arpa.hpp"
#include "unit/image_maker.hpp"
#include "unit/packet_builder.hpp"
#include "unit/reply_reader.hpp"

namespace ptrd::policy {
namespace {

using answer::Kind;
using test::Octets;

/// Asks through the stations, as a port does.
class StationTest : public ::testing::Test {
 protected:
  void set(const std::string& yaml) {
    auto spec = parse_policy(yaml, "policy.yaml");
    ASSERT_TRUE(spec.has_value()) << spec.error();
    auto policy = Policy::make(*std::move(spec), Station::count());
    ASSERT_TRUE(policy.has_value()) << policy.error();
    policy_ = *std::move(policy);
    serving_.policy = policy_.get();
  }
  struct Outcome {
    Kind kind;
    Octets message;
    [[nodiscard]] uint16_t flags() const { return wire::load16(&message[2]); }
    [[nodiscard]] unsigned rcode() const { return flags() & 15U; }
  };
  std::vector<Outcome> ask(const std::vector<test::Query>& queries, const char* client = "198.51.100.9",
                           answer::Transport transport = answer::Transport::udp) {
    const auto address = wire::key_of_address(client).value();
    std::vector<std::array<uint8_t, 4096>> buffers(queries.size());
    std::vector<answer::Message> messages;
    for (size_t i = 0; i < queries.size(); ++i) {
      const Octets bytes = queries[i].bytes();
      std::copy(bytes.begin(), bytes.end(), buffers[i].begin());
      messages.push_back({buffers[i].data(), 4096, static_cast<uint32_t>(bytes.size())});
    }
    std::vector<answer::Reply> replies(queries.size());
    stations_.run(
        serving_, messages, transport,
        [&](size_t) {
          return Client{address.address.data(), address.family == wire::Family::v6};
        },
        replies, counters_);
    std::vector<Outcome> out;
    for (size_t i = 0; i < queries.size(); ++i)
      out.push_back({replies[i].kind, {buffers[i].begin(), buffers[i].begin() + replies[i].size}});
    return out;
  }
  Kind kind(const char* name, const char* client = "198.51.100.9",
            answer::Transport transport = answer::Transport::udp) {
    return ask({{.name = name}}, client, transport)[0].kind;
  }

  std::vector<image::Line> lines_ = test::ImageMaker()
                                        .zone("2.0.192.in-addr.arpa")
                                        .ptr("1.2.0.192.in-addr.arpa", "one.example")
                                        .zone("8.b.d.0.1.0.0.2.ip6.arpa")
                                        .lines();
  datapath::MessageStations stations_;
  datapath::Counters counters_;
  datapath::Serving serving_{answer::Engine(image::View(lines_))};
  std::unique_ptr<Policy> policy_;
};

constexpr const char* kName = "1.2.0.192.in-addr.arpa";

// Each action on who asks; the longest prefix counts, and others are not affected.
TEST_F(StationTest, Clients) {
  set(R"(
clients:
  - {prefix: 10.0.0.0/8, action: drop}
  - {prefix: 10.1.0.0/16, action: refuse}
  - {prefix: 10.2.0.0/16, action: truncate}
  - {prefix: 10.3.0.0/16, action: nxdomain}
  - {prefix: 10.4.0.0/16, action: nodata}
  - {prefix: 10.5.0.0/16, action: answer}
  - {prefix: 10.6.0.0/16, action: count}
  - {prefix: 'fd00::/8', action: drop}
)");
  EXPECT_EQ(kind(kName, "10.0.0.1"), Kind::drop_policy);
  EXPECT_EQ(kind(kName, "10.1.0.1"), Kind::refused);
  EXPECT_EQ(kind(kName, "10.2.0.1"), Kind::truncated);
  EXPECT_EQ(kind(kName, "10.2.0.1", answer::Transport::tcp), Kind::answer);
  EXPECT_EQ(kind(kName, "10.3.0.1"), Kind::nxdomain);
  EXPECT_EQ(kind(kName, "10.4.0.1"), Kind::nodata);
  EXPECT_EQ(kind(kName, "10.5.0.1"), Kind::answer);
  EXPECT_EQ(kind(kName, "10.6.0.1"), Kind::answer);
  EXPECT_EQ(kind(kName, "11.0.0.1"), Kind::answer);
  EXPECT_EQ(kind(kName, "fd00::1"), Kind::drop_policy);
  EXPECT_EQ(kind(kName, "2001:db8::1"), Kind::answer);
  EXPECT_EQ(policy_->hits(1), 1U);
  EXPECT_EQ(policy_->hits(3), 2U);
  EXPECT_EQ(policy_->hits(7), 1U);
}

// The denials of a rule are whole ones, with the zone's SOA record; without a zone they are refused.
TEST_F(StationTest, Denials) {
  set("queries: [{prefix: 192.0.0.0/8, action: nxdomain}]");
  const auto reply = test::read_reply(ask({{.name = kName}})[0].message);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->authority().size(), 1U);
  EXPECT_EQ(kind("1.2.1.192.in-addr.arpa"), Kind::refused);
  // A rule covers names with fewer labels only if it covers all below them.
  EXPECT_EQ(kind("192.in-addr.arpa"), Kind::refused);
  EXPECT_EQ(policy_->hits(1), 3U);
  EXPECT_EQ(kind("in-addr.arpa"), Kind::refused);
  EXPECT_EQ(policy_->hits(1), 3U);
}

// The action log hands on one in so many hits, and lets the next rule decide.
TEST_F(StationTest, Log) {
  set(R"(
clients: [{prefix: 'fd00::/8', action: log, one-in: 3}]
queries: [{prefix: 192.0.2.0/24, action: refuse}]
)");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(kind(kName, "fd00::7"), Kind::refused);
  std::vector<Hit> hits;
  const auto take = [&] { return policy_->take_hits([&](const Hit& hit) { hits.push_back(hit); }); };
  EXPECT_EQ(take(), 0U);
  ASSERT_EQ(hits.size(), 2U);
  EXPECT_EQ(hits[0].rule, 1U);
  EXPECT_EQ(hits[0].type, 12);
  EXPECT_TRUE(hits[0].ipv6);
  EXPECT_EQ(hits[0].client, wire::key_of_address("fd00::7")->address);
  wire::Name name;
  ASSERT_TRUE(name.assign(wire::Bytes(hits[0].name).first(hits[0].name_size)));
  EXPECT_EQ(name.to_text(), std::string(kName) + ".");
  EXPECT_EQ(take(), 0U);
  EXPECT_EQ(hits.size(), 2U);
}

// Hits that nobody takes are counted, and those from before are kept.
TEST_F(StationTest, FullLog) {
  set("clients: [{prefix: 10.0.0.0/8, action: log, one-in: 1}]");
  for (size_t i = 0; i < HitRing::kSize + 5; ++i) EXPECT_EQ(kind(kName, "10.0.0.1"), Kind::answer);
  size_t taken = 0;
  EXPECT_EQ(policy_->take_hits([&](const Hit&) { ++taken; }), 5U);
  EXPECT_EQ(taken, HitRing::kSize);
  EXPECT_EQ(kind(kName, "10.0.0.1"), Kind::answer);
  EXPECT_EQ(policy_->take_hits([&](const Hit&) { ++taken; }), 5U);
  EXPECT_EQ(taken, HitRing::kSize + 1);
}

// Whoever takes the hits while they come gets each once, in order, or it is counted as lost.
TEST(HitRing, Threads) {
  constexpr uint32_t kHits = 200'000;
  HitRing ring;
  std::thread producer([&] {
    for (uint32_t i = 1; i <= kHits; ++i) ring.add([&](Hit& hit) { hit.rule = hit.time = i; });
  });
  uint32_t last = 0;
  uint64_t taken = 0;
  const auto take = [&] {
    ring.take([&](const Hit& hit) {
      EXPECT_GT(hit.rule, last);
      EXPECT_EQ(hit.time, hit.rule);
      last = hit.rule;
      ++taken;
    });
  };
  while (taken + ring.lost() < kHits) take();
  producer.join();
  take();
  EXPECT_EQ(taken + ring.lost(), kHits);
}

// A client's rule comes first, then that on the address, then that on the name; `count` lets the next decide.
TEST_F(StationTest, Order) {
  set(R"(
clients: [{prefix: 10.0.0.0/8, action: answer}, {prefix: 11.0.0.0/8, action: count}]
queries: [{prefix: 192.0.2.0/24, action: refuse}]
names: [{suffix: in-addr.arpa, action: drop, applies-to: all}]
)");
  EXPECT_EQ(kind(kName, "10.0.0.1"), Kind::answer);
  EXPECT_EQ(kind(kName, "11.0.0.1"), Kind::refused);
  EXPECT_EQ(kind("x.2.0.192.in-addr.arpa", "11.0.0.1"), Kind::drop_policy);
  EXPECT_EQ(kind("1.3.0.192.in-addr.arpa", "12.0.0.1"), Kind::drop_policy);
}

// Expressions are not asked about addresses unless they say so.
TEST_F(StationTest, Names) {
  set("names: [{match: '^[0-9]+\\.', action: refuse}, {literal: www.example, action: drop}]");
  EXPECT_EQ(kind(kName), Kind::answer);
  EXPECT_EQ(kind("0-63.2.0.192.in-addr.arpa"), Kind::nxdomain);
  EXPECT_EQ(kind("1234.2.0.192.in-addr.arpa"), Kind::refused);
  EXPECT_EQ(kind("WWW.example"), Kind::drop_policy);
}

// A rule's rate, and what exceeds it: dropped over UDP, REFUSED over TCP.
TEST_F(StationTest, RuleRate) {
  set("queries: [{prefix: 192.0.2.0/24, action: rate, responses-per-second: 20}]");
  const auto outcomes = ask(std::vector<test::Query>(32, {.name = kName}));
  const auto answered = std::count_if(outcomes.begin(), outcomes.end(),
                                      [](const Outcome& o) { return o.kind == Kind::answer; });
  EXPECT_EQ(answered, 20);
  EXPECT_EQ(outcomes.back().kind, Kind::drop_limited);
  EXPECT_EQ(kind(kName, "198.51.100.9", answer::Transport::tcp), Kind::refused);
}

// Over the limit every second reply is empty with TC, and the others are dropped; other networks, other kinds
// and TCP are not limited.
TEST_F(StationTest, ResponseRate) {
  set("rate-limit: {responses-per-second: 10, slip: 2, allow: [203.0.113.0/24]}");
  const auto outcomes = ask(std::vector<test::Query>(30, {.name = kName}));
  const auto of = [&](Kind kind) {
    return std::count_if(outcomes.begin(), outcomes.end(), [&](const Outcome& o) { return o.kind == kind; });
  };
  EXPECT_EQ(of(Kind::answer), 10);
  EXPECT_EQ(of(Kind::truncated), 10);
  EXPECT_EQ(of(Kind::drop_limited), 10);
  for (const Outcome& outcome : outcomes) {
    if (outcome.kind != Kind::truncated) continue;
    const auto reply = test::read_reply(outcome.message);
    ASSERT_TRUE(reply.has_value());
    EXPECT_TRUE(reply->answer().empty());
    EXPECT_NE(outcome.flags() & 0x0200, 0);
  }
  EXPECT_EQ(kind(kName, "198.51.101.9"), Kind::answer);
  EXPECT_EQ(kind("9.2.0.192.in-addr.arpa"), Kind::nxdomain);
  EXPECT_EQ(kind(kName, "198.51.100.9", answer::Transport::tcp), Kind::answer);
  for (int i = 0; i < 4; ++i) {
    for (const Outcome& outcome : ask(std::vector<test::Query>(32, {.name = kName}), "203.0.113.5"))
      EXPECT_EQ(outcome.kind, Kind::answer);
  }
}

// In log-only mode everything is sent, and counted.
TEST_F(StationTest, LogOnly) {
  set("rate-limit: {responses-per-second: 10, log-only: true}");
  for (const Outcome& outcome : ask(std::vector<test::Query>(30, {.name = kName})))
    EXPECT_EQ(outcome.kind, Kind::answer);
  EXPECT_EQ(counters_.policy.log_only.get(), 20U);
}

// Denials below one prefix are limited for one client's network.
TEST_F(StationTest, Enumeration) {
  set("enumeration: {denials-per-second: 1, burst: 5, ipv6-prefix: 48}");
  std::string nibbles;
  for (int i = 0; i < 24; ++i) nibbles += "0.";
  const auto name = [&](char c) {
    return std::string(1, c) + nibbles.substr(1) + "8.b.d.0.1.0.0.2.ip6.arpa";
  };
  std::vector<test::Query> walk;
  for (const char c : std::string("0123456789abcdef")) walk.push_back({.name = name(c)});
  const auto outcomes = ask(walk, "2001:db8::1");
  EXPECT_EQ(std::count_if(outcomes.begin(), outcomes.end(),
                          [](const Outcome& o) { return o.kind == Kind::nxdomain; }),
            5);
  EXPECT_EQ(kind(walk[0].name.c_str(), "2001:db9::1"), Kind::nxdomain);
  EXPECT_EQ(kind(kName, "2001:db8::1"), Kind::answer);
  EXPECT_EQ(kind("4.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "2001:db8::1"), Kind::truncated)
      << "a name with fewer labels, the twelfth over the limit: every second one slips";
  EXPECT_EQ(kind("4.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "2001:db8::1"), Kind::nxdomain) << "below another /48";
  EXPECT_EQ(kind("no.8.b.d.0.1.0.0.2.ip6.arpa", "2001:db8::1"), Kind::nxdomain) << "no part of an address";
  EXPECT_EQ(kind(walk[0].name.c_str(), "2001:db8::1", answer::Transport::tcp), Kind::refused);
  EXPECT_EQ(counters_.policy.by_limit.back().get(), 13U);
  EXPECT_EQ(counters_.policy.refused.get(), 1U);
}

// What the policy would have to deny without a proof is refused in a signed zone.
TEST_F(StationTest, SignedZone) {
  lines_ = test::ImageMaker()
               .zone("2.0.192.in-addr.arpa")
               .ptr("1.2.0.192.in-addr.arpa", "one.example")
               .zone("3.0.192.in-addr.arpa")
               .ptr("1.3.0.192.in-addr.arpa", "one.example")
               .add("3.0.192.in-addr.arpa", wire::Type::dnskey, std::string("\1\1\3\15key", 7))
               .lines();
  serving_.engine = answer::Engine(image::View(lines_));
  for (const auto& [action, plain] :
       {std::pair("nxdomain", Kind::nxdomain), std::pair("nodata", Kind::nodata)}) {
    set("queries: [{prefix: 192.0.0.0/16, action: " + std::string(action) + "}]");
    EXPECT_EQ(kind(kName), plain);
    const Outcome outcome = ask({{.name = "1.3.0.192.in-addr.arpa"}})[0];
    EXPECT_EQ(outcome.kind, Kind::refused);
    EXPECT_EQ(outcome.flags() & (wire::flag::aa | wire::flag::rcode), 5U);
    EXPECT_EQ(wire::load32(&outcome.message[6]), 0U) << "no record";
  }
}

// Names that do not exist look like those without records.
TEST_F(StationTest, Uniform) {
  set("queries: [{prefix: 192.0.2.0/24, action: uniform}]");
  const Outcome outcome = ask({{.name = "77.2.0.192.in-addr.arpa"}})[0];
  EXPECT_EQ(outcome.kind, Kind::nodata);
  EXPECT_EQ(outcome.rcode(), 0U);
  EXPECT_EQ(kind(kName), Kind::answer);
}

}  // namespace
}  // namespace ptrd::policy
