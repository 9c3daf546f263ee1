// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/cookies.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "ptrd/wire/arpa.hpp"

namespace ptrd::policy {
namespace {

enum class State { malformed, client_only, invalid, valid };

/// The state of a burst's only query.
State only(const Cookies::States& states) {
  EXPECT_EQ(states.malformed + states.client_only + states.invalid + states.valid, 1U);
  if (states.malformed != 0) return State::malformed;
  if (states.client_only != 0) return State::client_only;
  return states.valid != 0 ? State::valid : State::invalid;
}

std::vector<uint8_t> octets(std::string_view hex) {
  std::vector<uint8_t> out;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    out.push_back(static_cast<uint8_t>(std::stoul(std::string(hex.substr(i, 2)), nullptr, 16)));
  return out;
}
SipKey key(std::string_view hex) {
  const auto bytes = octets(hex);
  return {wire::load_raw<uint64_t>(bytes.data()), wire::load_raw<uint64_t>(bytes.data() + 8)};
}

/// Asks with an option of those octets; returns the judgement and the reply's option.
std::pair<State, std::vector<uint8_t>> ask(const Cookies& cookies, std::string_view hex, const char* client,
                                           uint32_t now) {
  const auto option = octets(hex);
  std::vector<uint8_t> message(12);
  message.insert(message.end(), option.begin(), option.end());
  const auto address = wire::key_of_address(client).value();
  answer::Query query;
  query.cookie_at = 12;
  query.cookie_size = static_cast<uint16_t>(option.size());
  query.path = answer::Query::Path::fast4;
  const answer::Message from{message.data(), 0, static_cast<uint32_t>(message.size())};
  const Client sender{address.address.data(), address.family == wire::Family::v6};
  const State state = only(cookies.check({&from, 1}, {&sender, 1}, now, {&query, 1}));
  if ((query.wants & answer::want::cookie) == 0) return {state, {}};
  const auto* p = reinterpret_cast<const uint8_t*>(query.cookie.data());
  return {state, {p, p + sizeof query.cookie}};
}

// The reference vector of SipHash-2-4: the key 00..0f, the message 00..0e.
TEST(SipHash, Vector) {
  const SipKey vector = key("000102030405060708090a0b0c0d0e0f");
  EXPECT_EQ((siphash24<2>(vector, {0x0706050403020100, sip_last(0x000E0D0C0B0A0908, 15)})),
            0xA129CA6149BE45E5);
}

// Messages side by side get the hashes that they get alone.
TEST(SipHash, Lanes) {
  if (!has_sip_lanes()) GTEST_SKIP() << "no AVX2";
  std::mt19937_64 random(1);
  for (int n = 0; n < 1000; ++n) {
    const SipKey secret = {random(), random()};
    std::array<std::array<uint64_t, kSipLanes>, 5> blocks;
    for (auto& block : blocks) std::generate(block.begin(), block.end(), std::ref(random));
    std::array<uint64_t, kSipLanes> hashes;
    siphash24_lanes(secret, blocks[0].data(), kSipLanes, blocks.size(), hashes.data());
    for (size_t i = 0; i < kSipLanes; ++i) {
      const std::array<uint64_t, 5> message = {blocks[0][i], blocks[1][i], blocks[2][i], blocks[3][i],
                                               blocks[4][i]};
      ASSERT_EQ(hashes[i], siphash24(secret, message));
    }
  }
}

// RFC 9018 A.1: a new server cookie; A.2: a valid one that is renewed for its age.
TEST(Cookies, Rfc9018) {
  const Cookies cookies({.secrets = {key("e5e973e5a6b2a43f48e7dc849e37bfcf")}, .require = false});
  const auto [state, reply] = ask(cookies, "2464c4abcf10c957", "198.51.100.100", 1559731985);
  EXPECT_EQ(state, State::client_only);
  EXPECT_EQ(reply, octets("2464c4abcf10c957010000005cf79f111f8130c3eee29480"));
  const auto [again, renewed] =
      ask(cookies, "2464c4abcf10c957010000005cf79f111f8130c3eee29480", "198.51.100.100", 1559734385);
  EXPECT_EQ(again, State::valid);
  EXPECT_EQ(renewed, octets("2464c4abcf10c957010000005cf7a871d4a564a1442aca77"));
}

// RFC 9018 A.3: another version's reserved bytes are part of the hash, and accepted.
TEST(Cookies, Reserved) {
  const Cookies cookies({.secrets = {key("e5e973e5a6b2a43f48e7dc849e37bfcf")}, .require = false});
  const auto [state, reply] =
      ask(cookies, "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", "203.0.113.203", 1559727985);
  EXPECT_EQ(state, State::valid);
}

// RFC 9018 A.4: IPv6, and a secret that is being rolled: the old one's cookie is valid, the reply has the new
// one's.
TEST(Cookies, Rollover) {
  const Cookies cookies(
      {.secrets = {key("445536bcd2513298075a5d379663c962"), key("dd3bdf9344b678b185a6f5cb60fca715")},
       .require = false});
  const auto [state, reply] = ask(cookies, "22681ab97d52c298010000005cf7c57926556bd0934c72f8",
                                  "2001:db8:220:1:59de:d0f4:8769:82b8", 1559741961);
  EXPECT_EQ(state, State::valid);
  EXPECT_EQ(reply, octets("22681ab97d52c298010000005cf7c609a6bb79d16625507a"));
}

// A burst of all kinds, of both IP versions: each query gets what it gets alone.
TEST(Cookies, Burst) {
  const Cookies cookies(
      {.secrets = {key("445536bcd2513298075a5d379663c962"), key("e5e973e5a6b2a43f48e7dc849e37bfcf")},
       .require = false});
  constexpr uint32_t kNow = 1559731985;
  const std::vector<std::pair<std::string, const char*>> kinds = {
      {"2464c4abcf10c957010000005cf79f111f8130c3eee29480", "198.51.100.100"},  // of the second secret
      {"2464c4abcf10c957", "198.51.100.100"},
      {"2464c4abcf10c957010000005cf79f111f8130c3eee29480", "2001:db8::1"},
      {"2464c4abcf10c957", "2001:db8::2"},
      {"2464c4abcf10c9", "198.51.100.100"},
      {"2464c4abcf10c957010000005cf79f111f8130c3eee29481", "198.51.100.100"},
      {"2464c4abcf10c957000000005cf79f111f8130c3eee29480", "198.51.100.100"},
  };
  for (size_t count = 1; count <= answer::kBurst; ++count) {
    std::vector<std::vector<uint8_t>> options;
    std::vector<wire::AddressKey> addresses;
    for (size_t i = 0; i < count; ++i) {
      options.push_back(octets(kinds[i * 5 % kinds.size()].first));
      options.back().insert(options.back().begin(), 12, 0);
      addresses.push_back(wire::key_of_address(kinds[i * 5 % kinds.size()].second).value());
    }
    std::vector<answer::Message> messages;
    std::vector<Client> clients;
    std::vector<answer::Query> queries(count);
    for (size_t i = 0; i < count; ++i) {
      messages.push_back({options[i].data(), 0, static_cast<uint32_t>(options[i].size())});
      clients.push_back({addresses[i].address.data(), addresses[i].family == wire::Family::v6});
      queries[i].path = answer::Query::Path::fast4;
      queries[i].cookie_at = 12;
      queries[i].cookie_size = static_cast<uint16_t>(options[i].size() - 12);
    }
    const Cookies::States states = cookies.check(messages, clients, kNow, queries);
    for (size_t i = 0; i < count; ++i) {
      const auto [alone, reply] =
          ask(cookies, kinds[i * 5 % kinds.size()].first, kinds[i * 5 % kinds.size()].second, kNow);
      const auto has = [i](uint32_t set) { return (set >> i & 1) != 0; };
      EXPECT_EQ(has(states.valid), alone == State::valid);
      EXPECT_EQ(has(states.client_only), alone == State::client_only);
      EXPECT_EQ(has(states.invalid), alone == State::invalid);
      EXPECT_EQ(has(states.malformed), alone == State::malformed);
      if (alone == State::malformed) continue;
      EXPECT_EQ(std::memcmp(queries[i].cookie.data(), reply.data(), reply.size()), 0) << i;
    }
  }
}

// Sizes that are no cookie's (RFC 7873 4), another client's cookie, one too old, and one from the future.
TEST(Cookies, Wrong) {
  const Cookies cookies({.secrets = {key("e5e973e5a6b2a43f48e7dc849e37bfcf")}, .require = false});
  const std::string good = "2464c4abcf10c957010000005cf79f111f8130c3eee29480";
  const auto state = [&](std::string_view hex, const char* client = "198.51.100.100",
                         uint32_t now = 1559731985) { return ask(cookies, hex, client, now).first; };
  EXPECT_EQ(state(good), State::valid);
  EXPECT_EQ(state(good, "198.51.100.101"), State::invalid);
  EXPECT_EQ(state(good, "198.51.100.100", 1559731985 + 3600), State::valid);
  EXPECT_EQ(state(good, "198.51.100.100", 1559731985 + 3601), State::invalid);
  EXPECT_EQ(state(good, "198.51.100.100", 1559731985 - 300), State::valid);
  EXPECT_EQ(state(good, "198.51.100.100", 1559731985 - 301), State::invalid);
  EXPECT_EQ(state(good.substr(0, 46)), State::invalid);
  EXPECT_EQ(state(""), State::malformed);
  EXPECT_EQ(state("2464c4abcf10c9"), State::malformed);
  EXPECT_EQ(state("2464c4abcf10c95701"), State::malformed);
  EXPECT_EQ(state(good + std::string(34, '0')), State::malformed);
  std::string other = good;
  other[47] = '1';
  EXPECT_EQ(state(other), State::invalid);
}

}  // namespace
}  // namespace ptrd::policy
