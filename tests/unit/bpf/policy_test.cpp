// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/policy.hpp"

#include <random>
#include <vector>

#include "kernel.hpp"
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
  void apply(const std::string& text) {
    auto spec = policy::parse_policy(text, "policy.yaml");
    ASSERT_TRUE(spec) << spec.error();
    auto lines = policy::KernelLines::make(*spec, port::make_shared_lines);
    ASSERT_TRUE(lines) << lines.error();
    spec->kernel = *lines;
    kernel_->apply(lines->get());
    auto made = Policy::make(*std::move(spec), 1);
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

// Queries with a cookie are declined only under a policy that has cookies or scans all names.
TEST_F(KernelPolicyTest, WhatItDoesNotKnow) {
  const Edns cookie = {.options = {{10, Octets(8)}}};
  apply("clients: [{prefix: 10.0.0.0/8, action: drop}]\n");
  EXPECT_EQ(ask("198.51.100.1", "1.2.0.192.in-addr.arpa", cookie).answer, PTRD_KERNEL_ANSWER);
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
