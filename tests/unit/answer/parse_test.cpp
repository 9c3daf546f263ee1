// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/parse.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "unit/packet_builder.hpp"

namespace ptrd::answer {
namespace {

using test::Octets;

constexpr size_t kRoom = 1024;

/// Parses a message by the short way, and by the one that takes every message.
std::pair<Query, Query> parse_both(const Octets& bytes) {
  Octets buffer = bytes;
  buffer.resize(kRoom);
  const Message message{buffer.data(), kRoom, static_cast<uint32_t>(bytes.size())};
  const Settings settings;
  Query quick;
  Query whole;
  parse({&message, 1}, Transport::udp, settings, {&quick, 1});
  parse_any(message, Transport::udp, settings, whole);
  return {quick, whole};
}

Octets with_options(std::vector<std::pair<uint16_t, Octets>> options) {
  return test::Query{.edns = test::Edns{.udp_size = 1000, .dnssec_ok = true, .options = std::move(options)}}
      .bytes();
}

// A COOKIE option is found where it is, alone or among others, whatever its size; so are an OPT record's
// other parts.
TEST(Parse, Cookies) {
  constexpr uint16_t kNsid = 3;
  constexpr uint16_t kCookie = 10;
  const std::vector<std::vector<std::pair<uint16_t, Octets>>> cases = {
      {},
      {{kCookie, Octets(8, 1)}},
      {{kCookie, Octets(24, 1)}},
      {{kCookie, Octets(0)}},
      {{kCookie, Octets(300, 1)}},
      {{kCookie, Octets(8, 1)}, {kCookie, Octets(24, 1)}},
      {{kNsid, Octets(0)}, {kCookie, Octets(8, 1)}},
      {{kNsid, Octets(4)}},
      {{0, Octets(24, 1)}},
  };
  for (const auto& options : cases) {
    const auto [quick, whole] = parse_both(with_options(options));
    EXPECT_EQ(quick.path, Query::Path::fast4);
    EXPECT_EQ(quick.edns, whole.edns);
    EXPECT_EQ(quick.dnssec_ok, whole.dnssec_ok);
    EXPECT_EQ(quick.limit, 1000);
    EXPECT_EQ(whole.limit, 1000);
    EXPECT_EQ(quick.wants, whole.wants);
    EXPECT_EQ(quick.cookie_at, whole.cookie_at);
    EXPECT_EQ(quick.cookie_at != 0 ? quick.cookie_size : 0, whole.cookie_at != 0 ? whole.cookie_size : 0);
  }
  const auto [quick, whole] = parse_both(with_options({{kCookie, Octets(24, 1)}}));
  EXPECT_EQ(quick.cookie_size, 24);
}

// Every length that is wrong by one is a format error: the option's, the record's, the message's.
TEST(Parse, WrongLengths) {
  const Octets good = with_options({{10, Octets(8, 1)}});
  const size_t rdata = good.size() - 12;
  for (const size_t at : {rdata - 1, rdata + 3}) {
    for (const int by : {-1, 1}) {
      Octets bad = good;
      bad[at] = static_cast<uint8_t>(bad[at] + by);
      const auto [quick, whole] = parse_both(bad);
      EXPECT_EQ(quick.kind, Kind::formerr);
      EXPECT_EQ(whole.kind, Kind::formerr);
    }
  }
  for (size_t size = good.size() - 23; size < good.size(); ++size) {
    const auto [quick, whole] = parse_both(Octets(good.begin(), good.begin() + static_cast<ptrdiff_t>(size)));
    EXPECT_EQ(quick.kind, Kind::formerr) << size;
    EXPECT_EQ(whole.kind, Kind::formerr) << size;
  }
}

}  // namespace
}  // namespace ptrd::answer
