// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/policy.hpp"

#include <ctime>
#include <functional>
#include <random>
#include <vector>

#include "kernel.hpp"
#include "policy/cookies.hpp"
#include "policy/read/reader.hpp"
#include "policy/station.hpp"
#include "port/xdp/shared_lines.hpp"
#include "unit/image_maker.hpp"

// What the kernel does with a policy, compared with what the policy says in user space.

namespace ptrd::test {
namespace {

using policy::Action;
using policy::Policy;

std::vector<image::Line> one_zone() {
  ImageMaker maker;
  maker.zone("in-addr.arpa");
  maker.ptr("1.2.0.192.in-addr.arpa", "one.example");
  return maker.lines();
}

std::string text_of(uint32_t address) {
  return std::to_string(address >> 24) + "." + std::to_string(address >> 16 & 255) + "." +
         std::to_string(address >> 8 & 255) + "." + std::to_string(address & 255);
}

std::string text6(uint64_t high, uint64_t low) {
  std::string text;
  char group[8];
  for (int i = 7; i >= 0; --i) {
    std::snprintf(group, sizeof group, "%x",
                  static_cast<unsigned>((i > 3 ? high : low) >> (16 * (i % 4)) & 0xffff));
    text += group + std::string(i > 0 ? ":" : "");
  }
  return text;
}

struct KernelPolicyTest : KernelTest {
  /// Puts the policy of that text into service, in both.
  void apply(const std::string& text, const std::function<void(policy::Spec&)>& change = {}) {
    auto spec = policy::parse_policy(text, "policy.yaml");
    ASSERT_TRUE(spec) << spec.error();
    if (change) change(*spec);
    auto lines = policy::KernelLines::make(*spec, port::make_shared_lines);
    ASSERT_TRUE(lines) << lines.error();
    spec->kernel = *lines;
    kernel_->apply(lines->get());
    auto made = Policy::make(*std::move(spec), policy::Station::count() + 1);  // and one that may come
    ASSERT_TRUE(made) << made.error();
    policy_ = *std::move(made);
  }
  void SetUp() override {
    KernelTest::SetUp();
    if (IsSkipped()) return;
    lines_ = one_zone();
    kernel_->serve(lines_);
  }
  [[nodiscard]] Outcome ask(const std::string& client, const std::string& name = "1.2.0.192.in-addr.arpa",
                            std::optional<Edns> edns = {}) const {
    Packet packet;
    if (client.find(':') == std::string::npos) {
      packet.ipv4(client, "192.0.2.53");
    } else {
      packet.ipv6(client, "2001:db8::53");
    }
    return kernel_->run(packet.udp(40000, 53).query({.name = name, .edns = std::move(edns)}).build());
  }

  std::vector<image::Line> lines_;
  std::unique_ptr<Policy> policy_;
};

std::string random_rules(std::mt19937_64& chance, const char* key, int count, bool ipv6) {
  constexpr const char* kActions[] = {"drop", "answer", "count", "refuse"};
  std::string text = std::string(key) + ":\n";
  for (int i = 0; i < count; ++i) {
    // Few bits vary, so that many prefixes nest and meet.
    std::string prefix;
    if (ipv6) {
      const unsigned length = 32 + static_cast<unsigned>(chance() % 33);
      const uint64_t high = (0x20010db8ULL << 32 | (chance() & 0xc000c003)) & (~uint64_t{0} << (64 - length));
      prefix = text6(high, 0) + "/" + std::to_string(length);
    } else {
      const unsigned length = 9 + static_cast<unsigned>(chance() % 24);
      const uint32_t address = (10U << 24 | (chance() & 0xc0c003)) & (~uint32_t{0} << (32 - length));
      prefix = text_of(address) + "/" + std::to_string(length);
    }
    if (text.find("'" + prefix + "'") != std::string::npos) continue;
    text += "  - {prefix: '" + prefix + "', action: " + kActions[chance() % 4] + "}\n";
  }
  return text;
}

// Random nested prefixes of clients, of both families: the kernel finds the rule that user space finds.
TEST_F(KernelPolicyTest, LongestMatchOfClients) {
  std::mt19937_64 chance(1);
  for (const bool ipv6 : {false, true}) {
    for (const int count : {1, 8, 9, 40, 400}) {
      ASSERT_NO_FATAL_FAILURE(apply(random_rules(chance, "clients", count, ipv6)));
      for (int i = 0; i < 300; ++i) {
        const uint64_t high = 0x20010db8ULL << 32 | (chance() & 0xc000c007);
        const std::string from =
            ipv6 ? text6(high, chance()) : text_of(static_cast<uint32_t>(10U << 24 | (chance() & 0x1c0c007)));
        const auto key = wire::key_of_address(from);
        ASSERT_TRUE(key);
        const policy::Client client = {.address = key->address.data(), .ipv6 = ipv6};
        const auto verdict = policy_->explain(&client, {}, {});
        ptrd_kernel_answer expected = PTRD_KERNEL_ANSWER;
        if (verdict.client != 0) {
          const Action action = policy_->rules()[verdict.client - 1].action;
          if (action == Action::drop) expected = PTRD_KERNEL_DROP_POLICY;
          if (action == Action::refuse) expected = PTRD_KERNEL_DECLINED;
        }
        const uint64_t before = verdict.client == 0 ? 0 : policy_->hits(verdict.client);
        EXPECT_EQ(ask(from).answer, expected) << from << " of " << count;
        // What it leaves to user space it does not count.
        if (verdict.client != 0) {
          EXPECT_EQ(policy_->hits(verdict.client), before + (expected == PTRD_KERNEL_DECLINED ? 0 : 1));
        }
      }
    }
  }
}

// Rules on the address asked about; a client's rule comes first, and its `answer` is final.
TEST_F(KernelPolicyTest, AskedAddresses) {
  apply(
      "clients: [{prefix: 198.51.100.0/24, action: answer}, {prefix: 198.51.101.0/24, action: count}]\n"
      "queries: [{prefix: 192.0.2.0/24, action: drop}, {prefix: 192.0.3.0/24, action: nodata},\n"
      "          {prefix: '2001:db8::/32', action: drop}]\n");
  EXPECT_EQ(ask("198.51.102.1").answer, PTRD_KERNEL_DROP_POLICY);
  EXPECT_EQ(ask("198.51.101.1").answer, PTRD_KERNEL_DROP_POLICY);
  EXPECT_EQ(ask("198.51.100.1").answer, PTRD_KERNEL_ANSWER);
  EXPECT_EQ(ask("198.51.102.1", "9.3.0.192.in-addr.arpa").answer, PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask("198.51.102.1", "9.4.0.192.in-addr.arpa").answer, PTRD_KERNEL_NXDOMAIN);
  EXPECT_EQ(ask("198.51.102.1", wire::name_of_key(*wire::key_of_address("2001:db8::1")).to_text()).answer,
            PTRD_KERNEL_DROP_POLICY);
}

// Where a prefix of more than 64 bits could match, user space decides; beside it the kernel does.
TEST_F(KernelPolicyTest, LongPrefixes) {
  apply("clients: [{prefix: '2001:db8:0:1::5', action: answer}, {prefix: '2001:db8::/32', action: drop}]\n");
  EXPECT_EQ(ask("2001:db8:0:1::6").answer, PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask("2001:db8:0:0::5").answer, PTRD_KERNEL_DROP_POLICY);
  EXPECT_EQ(ask("2001:db8:0:2::5").answer, PTRD_KERNEL_DROP_POLICY);
  EXPECT_EQ(ask("2001:db9::5").answer, PTRD_KERNEL_ANSWER);
}

// Queries are declined under a policy that scans all names.
TEST_F(KernelPolicyTest, WhatItDoesNotKnow) {
  apply("names: [{match: x, action: drop}]\n");
  EXPECT_EQ(ask("198.51.100.1").answer, PTRD_KERNEL_ANSWER);
  apply("names: [{match: x, action: drop, applies-to: all}]\n");
  EXPECT_EQ(ask("198.51.100.1").answer, PTRD_KERNEL_DECLINED);
}

// One limit: what user space takes is gone for the kernel, and the other way round, for each class.
TEST_F(KernelPolicyTest, OneLimit) {
  apply("rate-limit: {responses-per-second: 10, window: 100, slip: 0, allow: [198.51.101.0/24]}\n");
  auto* const limits = const_cast<policy::Limits*>(policy_->limits());
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000 + static_cast<uint64_t>(time.tv_nsec) / 1000;
  };
  const auto allows = [&](const policy::Client& client, answer::Kind kind) {
    std::array<policy::RateTable::Place, 1> places;
    const std::array replies = {answer::Reply{.kind = kind, .size = 100}};
    limits->prepare(std::span(&client, 1), places);
    return limits->over(1, std::span(&client, 1), places, replies, now()) == 0;
  };
  for (const bool ipv6 : {false, true}) {
    const std::string from = ipv6 ? "2001:db8:1::1" : "198.51.100.1";
    const auto key = *wire::key_of_address(from);
    const policy::Client client = {.address = key.address.data(), .ipv6 = ipv6};
    int by_kernel = 0;
    int by_user_space = 0;
    for (int i = 0; i < 600; ++i) {
      by_kernel += ask(from).answer == PTRD_KERNEL_ANSWER ? 1 : 0;
      by_user_space += allows(client, answer::Kind::answer) ? 1 : 0;
    }
    // Far below the limit none is refused; at 10 a second, little comes due meanwhile.
    EXPECT_GE(by_kernel + by_user_space, 1000);
    EXPECT_LE(by_kernel + by_user_space, 1100);
    EXPECT_NEAR(by_kernel, by_user_space, 100);
    EXPECT_EQ(ask(from).answer, PTRD_KERNEL_DROP_LIMITED);
    EXPECT_EQ(ask(from, "9.4.0.192.in-addr.arpa").answer, PTRD_KERNEL_NXDOMAIN);
    EXPECT_TRUE(allows(client, answer::Kind::nodata));
  }
  EXPECT_EQ(ask("198.51.101.1").answer, PTRD_KERNEL_ANSWER);
  EXPECT_EQ(ask("198.51.102.1").answer, PTRD_KERNEL_ANSWER);
}

// A rule's rate has one bucket: what user space takes is gone for the kernel. Queries that the kernel leaves
// to user space take nothing there.
TEST_F(KernelPolicyTest, RateOfRule) {
  apply(
      "clients: [{prefix: 198.51.101.0/24, action: rate, responses-per-second: 3}]\n"
      "queries: [{prefix: 192.0.2.0/24, action: rate, responses-per-second: 10}, \n"
      "          {prefix: 192.0.3.0/24, action: refuse}]\n");
  std::array<policy::Client, 1> clients;
  std::array<uint8_t, 12> header{};
  const std::array messages = {answer::Message{header.data(), 600, 12}};
  policy::Station station;
  for (int i = 0; i < 4; ++i) {
    std::array<answer::Query, 1> queries;
    queries[0].path = answer::Query::Path::fast4;
    queries[0].question_end = 40;
    queries[0].name.kind = wire::QuestionName::Kind::v4;
    queries[0].name.v4 = 0xC0000201;
    const std::array<uint8_t, 4> from = {198, 51, 100, 1};
    clients[0] = {.address = from.data(), .ipv6 = false};
    station.admit(*policy_, messages, clients, queries);
    EXPECT_EQ(queries[0].path, answer::Query::Path::fast4);
  }
  EXPECT_EQ(ask("198.51.101.1", "1.3.0.192.in-addr.arpa").answer, PTRD_KERNEL_DECLINED);
  int answered = 0;
  for (int i = 0; i < 20; ++i) answered += ask("198.51.100.1").answer == PTRD_KERNEL_ANSWER ? 1 : 0;
  EXPECT_GE(answered, 6);
  EXPECT_LE(answered, 7);
  EXPECT_EQ(ask("198.51.100.1").answer, PTRD_KERNEL_DROP_LIMITED);
  EXPECT_EQ(policy_->hits(2), 25U);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(ask("198.51.101.1", "9.4.0.192.in-addr.arpa").answer, PTRD_KERNEL_NXDOMAIN);
  EXPECT_EQ(ask("198.51.101.1", "9.4.0.192.in-addr.arpa").answer, PTRD_KERNEL_DROP_LIMITED);
}

// Over the limit every second reply is sent empty, with the bytes of user space.
TEST_F(KernelPolicyTest, Slip) {
  apply("rate-limit: {responses-per-second: 1, slip: 2}\n");
  const auto view = image::View(lines_);
  const answer::Engine engine(view, {});
  for (const std::optional<Edns>& edns : {std::optional<Edns>(), std::optional<Edns>(Edns{})}) {
    size_t truncated = 0;
    size_t dropped = 0;
    for (int i = 0; i < 40; ++i) {
      const Outcome outcome = ask("198.51.100.1", "1.2.0.192.in-addr.arpa", edns);
      truncated += outcome.answer == PTRD_KERNEL_TRUNCATED ? 1 : 0;
      dropped += outcome.answer == PTRD_KERNEL_DROP_LIMITED ? 1 : 0;
      if (outcome.answer != PTRD_KERNEL_TRUNCATED) continue;
      const auto frame = Packet()
                             .ipv4("198.51.100.1", "192.0.2.53")
                             .udp(40000, 53)
                             .query({.name = "1.2.0.192.in-addr.arpa", .edns = edns})
                             .build();
      EXPECT_EQ(outcome.frame, truncated_by_user_space(engine, frame));
    }
    EXPECT_GE(truncated + dropped, 35U);
    EXPECT_NEAR(static_cast<double>(truncated), static_cast<double>(dropped), 1);
  }
}

constexpr policy::SipKey kSecret = {0x1111222233334444, 0x5555666677778888};
constexpr policy::SipKey kNextSecret = {0x9999AAAABBBBCCCC, 0xDDDDEEEEFFFF0000};

struct KernelCookieTest : KernelPolicyTest {
  /// The text of a policy, whose cookies have these secrets.
  void apply_cookies(std::vector<policy::SipKey> secrets, bool require, const std::string& text = "") {
    apply(text, [&](policy::Spec& spec) {
      spec.cookies = policy::Cookies::Settings{.secrets = std::move(secrets), .require = require};
    });
  }
  /// A client's cookie and the server's that was made for it so many seconds ago.
  static Octets cookie(const std::string& client, const policy::SipKey& secret, int64_t age,
                       uint8_t version = 1) {
    const auto now = static_cast<uint32_t>(time(nullptr) - age);
    const uint64_t mine = 0x1234567812345678;
    const uint64_t head = uint64_t{version} | uint64_t{__builtin_bswap32(now)} << 32;
    const auto key = *wire::key_of_address(client);
    const auto* const address = key.address.data();
    const uint64_t hash =
        key.family == wire::Family::v6
            ? policy::siphash24<5>(secret, {mine, head, wire::load_raw<uint64_t>(address),
                                            wire::load_raw<uint64_t>(address + 8), policy::sip_last(0, 32)})
            : policy::siphash24<3>(secret,
                                   {mine, head, policy::sip_last(wire::load_raw<uint32_t>(address), 20)});
    Octets octets(24);
    wire::store_raw(octets.data(), mine);
    wire::store_raw(octets.data() + 8, head);
    wire::store_raw(octets.data() + 16, hash);
    return octets;
  }
  /// Asks both ways, until both had the same second.
  Outcome ask_both(const std::string& client, const std::string& name, const Edns& edns) {
    const answer::Engine engine(image::View(lines_), {});
    Packet packet;
    if (client.find(':') == std::string::npos) {
      packet.ipv4(client, "192.0.2.53");
    } else {
      packet.ipv6(client, "2001:db8::53");
    }
    const Octets frame = packet.udp(40000, 53).query({.name = name, .edns = edns}).build();
    for (;;) {
      const time_t second = time(nullptr);
      const Expected expected = by_user_space(engine, *policy_, station_, frame);
      Outcome outcome = kernel_->run(frame);
      if (time(nullptr) != second) continue;
      if (outcome.answer == PTRD_KERNEL_DECLINED) {
        EXPECT_EQ(outcome.frame, frame);
      } else {
        EXPECT_EQ(outcome.frame, expected.frame);
        EXPECT_EQ(expected.kind,
                  outcome.answer == PTRD_KERNEL_ANSWER ? answer::Kind::answer : answer::Kind::nxdomain);
      }
      return outcome;
    }
  }
  policy::Station station_;
};

// Whatever the cookie is worth, the kernel's reply has the bytes of user space, and it counts the same.
TEST_F(KernelCookieTest, Judged) {
  apply_cookies({kSecret, kNextSecret}, false);
  for (const std::string client : {"198.51.100.1", "2001:db8:1::1"}) {
    const std::string other = client == "198.51.100.1" ? "198.51.100.2" : "2001:db8:1::2";
    std::vector<Octets> cookies = {Octets(8, 7), Octets(16, 7), Octets(24, 7), Octets(40, 7)};
    for (const auto& secret : {kSecret, kNextSecret}) {
      for (const int64_t age : {0, 5, 900, 1790, 1810, 3590, 3610, 100000, -10, -290, -310, -100000})
        cookies.push_back(cookie(client, secret, age));
    }
    cookies.push_back(cookie(client, kSecret, 5, 2));
    cookies.push_back(cookie(client, {1, 2}, 5));
    cookies.push_back(cookie(other, kSecret, 5));
    for (const Octets& octets : cookies) {
      for (const char* name : {"1.2.0.192.in-addr.arpa", "9.4.0.192.in-addr.arpa"}) {
        SCOPED_TRACE(client + " " + name + " " + ::testing::PrintToString(octets));
        EXPECT_NE(ask_both(client, name, {.options = {{10, octets}}}).answer, PTRD_KERNEL_DECLINED);
      }
    }
    // Beside other options, and twice: the first counts.
    const Octets good = cookie(client, kSecret, 5);
    const Octets bad(24, 7);
    for (const Edns& edns : std::vector<Edns>{{.options = {{9, {1, 2, 3}}, {10, good}}},
                                              {.options = {{10, good}, {10, bad}}},
                                              {.options = {{10, bad}, {12, Octets(30)}, {10, good}}},
                                              {.dnssec_ok = true, .options = {{10, good}}}})
      EXPECT_EQ(ask_both(client, "1.2.0.192.in-addr.arpa", edns).answer, PTRD_KERNEL_ANSWER);
    for (const size_t size : {0U, 7U, 9U, 15U, 41U})
      EXPECT_EQ(ask_both(client, "1.2.0.192.in-addr.arpa", {.options = {{10, Octets(size)}}}).answer,
                PTRD_KERNEL_DECLINED);
  }
  const auto counts = policy_->counts_of_kernel();
  EXPECT_EQ(counts.cookies_valid, station_.counts().cookies_valid);
  EXPECT_EQ(counts.cookies_new, station_.counts().cookies_new);
  EXPECT_EQ(counts.cookies_bad, station_.counts().cookies_bad);
  EXPECT_GT(counts.cookies_valid, 30U);
}

// Denials of all sizes: where the cookie finds no room in the kernel, user space has the query.
TEST_F(KernelCookieTest, Sizes) {
  apply_cookies({kSecret}, false);
  const auto name_of = [](char c, size_t size) {  // wire size, at least 4
    std::string text;
    for (size -= 2; size > 40; size -= 40) text += std::string(39, c) + ".";
    return text + std::string(size, c);
  };
  const std::string owner = "9.4.0.192.in-addr.arpa";
  const size_t before = 12 + (owner.size() + 2) + 4 + 12 + 200 + 20 + 11 + 28;
  for (size_t size = 100; size < 250; ++size) {
    lines_ = ImageMaker()
                 .zone_without_records("in-addr.arpa")
                 .add("in-addr.arpa", wire::Type::soa,
                      wire_name(name_of('m', 200)) + wire_name(name_of('r', size)) + std::string(20, '\1'))
                 .add("in-addr.arpa", wire::Type::ns, wire_name("ns.example"))
                 .ptr("1.2.0.192.in-addr.arpa", "one.example")
                 .lines();
    kernel_->serve(lines_);
    const auto answer = ask_both("198.51.100.1", owner, {.options = {{10, Octets(8)}}}).answer;
    EXPECT_EQ(answer, before + size <= 512 - 40 ? PTRD_KERNEL_NXDOMAIN : PTRD_KERNEL_DECLINED) << size;
  }
}

// One who has no valid cookie where one is required gets BADCOOKIE from user space, unless a rule lets him.
TEST_F(KernelCookieTest, Required) {
  apply_cookies({kSecret}, true,
                "clients: [{prefix: 198.51.101.0/24, action: answer}, {prefix: 10.0.0.0/8, action: drop}]\n");
  const char* const name = "1.2.0.192.in-addr.arpa";
  const auto asked = [&](const std::string& client, Octets octets) {
    return ask_both(client, name, {.options = {{10, std::move(octets)}}}).answer;
  };
  EXPECT_EQ(asked("198.51.100.1", cookie("198.51.100.1", kSecret, 5)), PTRD_KERNEL_ANSWER);
  EXPECT_EQ(asked("198.51.100.1", cookie("198.51.100.1", kNextSecret, 5)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(asked("198.51.100.1", Octets(8)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(asked("198.51.101.1", Octets(8)), PTRD_KERNEL_ANSWER);
  EXPECT_EQ(ask("198.51.100.1", name, Edns{}).answer, PTRD_KERNEL_ANSWER);
  EXPECT_EQ(ask("10.1.1.1", name, Edns{.options = {{10, Octets(8)}}}).answer, PTRD_KERNEL_DROP_POLICY);
}

// A valid cookie frees from rate limits, a client's alone does not; neither from that of names that do not
// exist.
TEST_F(KernelCookieTest, Limits) {
  const std::string client = "198.51.100.1";
  const Edns good = {.options = {{10, cookie(client, kSecret, 5)}}};
  const char* const name = "1.2.0.192.in-addr.arpa";
  apply_cookies({kSecret}, false, "rate-limit: {responses-per-second: 1, slip: 0}\n");
  for (int i = 0; i < 20; ++i) (void)ask(client);
  EXPECT_EQ(ask(client).answer, PTRD_KERNEL_DROP_LIMITED);
  EXPECT_EQ(ask(client, name, Edns{.options = {{10, Octets(8)}}}).answer, PTRD_KERNEL_DROP_LIMITED);
  EXPECT_EQ(ask_both(client, name, good).answer, PTRD_KERNEL_ANSWER);
  apply_cookies({kSecret}, false, "enumeration: {denials-per-second: 1}\n");
  for (int i = 0; i < 20; ++i) (void)ask(client, "9.4.0.192.in-addr.arpa", good);
  EXPECT_NE(ask(client, "9.4.0.192.in-addr.arpa", good).answer, PTRD_KERNEL_NXDOMAIN);
}

// A reply over the limit that is sent empty has the cookie, too.
TEST_F(KernelCookieTest, Slip) {
  apply_cookies({kSecret}, false, "rate-limit: {responses-per-second: 1, slip: 1}\n");
  const answer::Engine engine(image::View(lines_), {});
  const auto frame =
      Packet()
          .ipv4("198.51.100.1", "192.0.2.53")
          .udp(40000, 53)
          .query({.name = "1.2.0.192.in-addr.arpa", .edns = Edns{.options = {{10, Octets(8)}}}})
          .build();
  for (int i = 0; i < 20; ++i) (void)kernel_->run(frame);
  for (;;) {
    const time_t second = time(nullptr);
    const Expected expected = by_user_space(engine, *policy_, station_, frame);
    const Outcome outcome = kernel_->run(frame);
    if (time(nullptr) != second) continue;
    EXPECT_EQ(outcome.answer, PTRD_KERNEL_TRUNCATED);
    EXPECT_EQ(expected.kind, answer::Kind::truncated);
    EXPECT_EQ(outcome.frame, expected.frame);
    break;
  }
}

// An image and a policy that are not there together: nothing is answered.
TEST_F(KernelPolicyTest, NoAnswerWithoutThePolicy) {
  apply("clients: [{prefix: 10.0.0.0/8, action: drop}]\n");
  kernel_->forget_policy();
  EXPECT_EQ(ask("198.51.100.1").answer, PTRD_KERNEL_DECLINED);
  kernel_->apply(nullptr);
  EXPECT_EQ(ask("10.1.1.1").answer, PTRD_KERNEL_ANSWER);
}

}  // namespace
}  // namespace ptrd::test
