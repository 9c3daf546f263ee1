// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "client/reply.hpp"

#include <gtest/gtest.h>

#include "client/client.hpp"

using namespace ptrd;
using namespace ptrd::client;

namespace {

using Octets = std::vector<uint8_t>;

/// A message, put together field by field; names are text.
class Message {
 public:
  Message(uint16_t id, uint16_t flags, std::vector<uint16_t> counts) {
    put16(id).put16(flags);
    for (const uint16_t count : counts) put16(count);
  }
  Message& put16(uint16_t value) {
    bytes.push_back(static_cast<uint8_t>(value >> 8));
    bytes.push_back(static_cast<uint8_t>(value));
    return *this;
  }
  Message& put32(uint32_t value) {
    return put16(static_cast<uint16_t>(value >> 16)).put16(static_cast<uint16_t>(value));
  }
  Message& put(const Octets& more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
    return *this;
  }
  Message& name(const char* text) {
    const auto wire = wire::Name::from_text(text).value();
    bytes.insert(bytes.end(), wire.bytes().begin(), wire.bytes().end());
    return *this;
  }
  Message& question(const char* owner, wire::Type type) {
    return name(owner).put16(static_cast<uint16_t>(type)).put16(1);
  }
  /// A record whose owner is the question's name.
  Message& record(wire::Type type, const Octets& data, uint16_t rr_class = 1) {
    put16(0xC00C).put16(static_cast<uint16_t>(type)).put16(rr_class).put32(300);
    return put16(static_cast<uint16_t>(data.size())).put(data);
  }
  Octets bytes;
};

Octets wire_of(const char* text) {
  const auto name = wire::Name::from_text(text).value();
  return {name.bytes().begin(), name.bytes().end()};
}

constexpr uint16_t kAnswer = wire::flag::qr | wire::flag::aa;
const Question kPtr{wire::Name::from_text("1.2.0.192.in-addr.arpa").value(), wire::Type::ptr};

}  // namespace

// A reply with a compressed target and EDNS: all of its parts are read, and the target is decompressed.
TEST(ReadReply, ReadsSectionsAndCompressedData) {
  Message message(7, kAnswer, {1, 1, 0, 1});
  message.question("1.2.0.192.in-addr.arpa", wire::Type::ptr)
      .record(wire::Type::ptr, {2, 'n', 's', 0xC0, 12});
  message.put({0}).put16(41).put16(1232).put32(0x01000000).put16(0);
  const auto reply = read_reply(message.bytes);
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->id, 7);
  EXPECT_TRUE(reply->edns);
  EXPECT_EQ(reply->rcode, 16);  // BADVERS: the upper eight bits are in the OPT record
  EXPECT_EQ(reply->question, kPtr);
  ASSERT_EQ(reply->answer.size(), 1U);
  EXPECT_EQ(reply->answer[0].owner, kPtr.name);
  EXPECT_EQ(reply->answer[0].target().to_text(), "ns.1.2.0.192.in-addr.arpa.");
  EXPECT_TRUE(reply->additional.empty());
}

// Every prefix of a good message is refused or, once the header and the counts allow it, never read past its
// end.
TEST(ReadReply, RefusesEveryCut) {
  Message message(7, kAnswer, {1, 1, 0, 0});
  message.question("1.2.0.192.in-addr.arpa", wire::Type::ptr)
      .record(wire::Type::ptr, wire_of("host.example"));
  for (size_t size = 0; size < message.bytes.size(); ++size) {
    const Octets cut(message.bytes.begin(), message.bytes.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_FALSE(read_reply(cut)) << size;
  }
  EXPECT_TRUE(read_reply(message.bytes));
}

// Pointers in a loop or forward, a name that runs past its data, data of the wrong size: malformed.
TEST(ReadReply, RefusesHostileRecords) {
  const auto with = [](wire::Type type, const Octets& data) {
    Message message(7, kAnswer, {1, 1, 0, 0});
    message.question("1.2.0.192.in-addr.arpa", wire::Type::ptr).record(type, data);
    return read_reply(message.bytes).has_value();
  };
  const auto here =
      static_cast<uint8_t>(wire::kHeaderSize + kPtr.name.size() + 4 + 12);      // where the data starts
  EXPECT_FALSE(with(wire::Type::ptr, {0xC0, here}));                            // itself
  EXPECT_FALSE(with(wire::Type::ptr, {0xC0, static_cast<uint8_t>(here + 2)}));  // forward
  EXPECT_FALSE(with(wire::Type::ptr, {1, 'a'}));                                // no end
  EXPECT_FALSE(with(wire::Type::ptr, {1, 'a', 0, 9}));                          // something after the name
  EXPECT_FALSE(with(wire::Type::ptr, {}));
  EXPECT_FALSE(with(wire::Type::a, {192, 0, 2}));
  EXPECT_FALSE(with(wire::Type::aaaa, {192, 0, 2, 1}));
  EXPECT_FALSE(with(wire::Type::soa, wire_of("a.example")));
  EXPECT_TRUE(with(wire::Type::a, {192, 0, 2, 1}));
  EXPECT_TRUE(with(wire::Type::txt, {}));  // opaque
}

// Counts that promise more than the message holds cost nothing and are refused.
TEST(ReadReply, RefusesCountsThatLie) {
  Message message(7, kAnswer, {1, 0xFFFF, 0xFFFF, 0xFFFF});
  message.question("1.2.0.192.in-addr.arpa", wire::Type::ptr)
      .record(wire::Type::ptr, wire_of("host.example"));
  EXPECT_FALSE(read_reply(message.bytes));
  EXPECT_FALSE(read_reply(Message(7, kAnswer, {2, 0, 0, 0}).bytes));
}

// Only the header and the question of a truncated reply are used.
TEST(ReadReply, ReadsNoRecordsOfTruncatedReplies) {
  Message message(7, kAnswer | wire::flag::tc, {1, 9, 0, 0});
  message.question("1.2.0.192.in-addr.arpa", wire::Type::ptr).put({1, 2, 3});
  const auto reply = read_reply(message.bytes);
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->has(wire::flag::tc));
  EXPECT_TRUE(reply->answer.empty());
}

// Records of other classes are ignored.
TEST(ReadReply, LeavesOutOtherClasses) {
  Message message(7, kAnswer, {1, 2, 0, 0});
  message.question("1.2.0.192.in-addr.arpa", wire::Type::ptr);
  message.record(wire::Type::ptr, wire_of("chaos.example"), 3).record(wire::Type::ptr, wire_of("in.example"));
  const auto reply = read_reply(message.bytes);
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->answer.size(), 1U);
  EXPECT_EQ(reply->answer[0].target().to_text(), "in.example.");
}

// Only a reply, with the id and the question that were sent, is a match; errors may leave the question out.
TEST(Match, WantsIdAndQuestion) {
  const auto judged = [](uint16_t flags, const char* owner, uint16_t id) {
    Message message(id, flags, {static_cast<uint16_t>(owner == nullptr ? 0 : 1), 0, 0, 0});
    if (owner != nullptr) message.question(owner, wire::Type::ptr);
    return match(read_reply(message.bytes).value(), 7, kPtr);
  };
  constexpr uint16_t kRefused = wire::flag::qr | 5;
  EXPECT_EQ(judged(kAnswer, "1.2.0.192.IN-ADDR.arpa", 7), Match::yes);
  EXPECT_EQ(judged(kAnswer, "1.2.0.192.in-addr.arpa", 8), Match::other_id);
  EXPECT_EQ(judged(kAnswer, "2.2.0.192.in-addr.arpa", 7), Match::other_question);
  EXPECT_EQ(judged(kAnswer, nullptr, 7), Match::other_question);
  EXPECT_EQ(judged(kRefused, nullptr, 7), Match::yes);
  EXPECT_EQ(judged(0, "1.2.0.192.in-addr.arpa", 7), Match::not_a_reply);
  EXPECT_EQ(judged(kAnswer | 4 << 11, "1.2.0.192.in-addr.arpa", 7), Match::not_a_reply);
}

// Aliases are followed to their records (RFC 2317), and one that leads to itself ends.
TEST(FindAnswer, FollowsAliases) {
  Message message(7, kAnswer, {1, 2, 0, 0});
  message.question("1.2.0.192.in-addr.arpa", wire::Type::ptr);
  message.record(wire::Type::cname, wire_of("1.0-63.2.0.192.in-addr.arpa"));
  message.name("1.0-63.2.0.192.in-addr.arpa")
      .put16(12)
      .put16(1)
      .put32(300)
      .put16(14)
      .put(wire_of("host.example"));
  const auto reply = read_reply(message.bytes).value();
  const Found found = find_answer(reply, kPtr);
  ASSERT_EQ(found.records.size(), 1U);
  EXPECT_EQ(found.records[0]->target().to_text(), "host.example.");
  EXPECT_EQ(found.last.to_text(), "1.0-63.2.0.192.in-addr.arpa.");

  Message round(7, kAnswer, {1, 1, 0, 0});
  round.question("1.2.0.192.in-addr.arpa", wire::Type::ptr).record(wire::Type::cname, {0xC0, 12});
  EXPECT_TRUE(find_answer(read_reply(round.bytes).value(), kPtr).records.empty());
}

// A written query is parsed as the same question.
TEST(WriteQuery, IsReadBack) {
  for (const bool edns : {false, true}) {
    const auto read = read_reply(write_query(kPtr, 0xABCD, {.recursion_desired = true, .edns = edns}));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id, 0xABCD);
    EXPECT_EQ(read->question, kPtr);
    EXPECT_EQ(read->edns, edns);
    EXPECT_TRUE(read->has(wire::flag::rd));
    EXPECT_FALSE(read->has(wire::flag::qr));
  }
}

// Addresses with and without a port, brackets around IPv6 with one; everything else is refused.
TEST(EndpointOfText, ReadsAddressAndPort) {
  EXPECT_EQ(endpoint_of_text("192.0.2.1").value(), Endpoint(asio::ip::make_address("192.0.2.1"), 53));
  EXPECT_EQ(endpoint_of_text("192.0.2.1:5353").value(), Endpoint(asio::ip::make_address("192.0.2.1"), 5353));
  EXPECT_EQ(endpoint_of_text("2001:db8::1").value(), Endpoint(asio::ip::make_address("2001:db8::1"), 53));
  EXPECT_EQ(endpoint_of_text("[2001:db8::1]:5353").value(),
            Endpoint(asio::ip::make_address("2001:db8::1"), 5353));
  EXPECT_EQ(endpoint_of_text("[2001:db8::1]").value(), Endpoint(asio::ip::make_address("2001:db8::1"), 53));
  for (const char* bad : {"", "ns1.example", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:", "[2001:db8::1",
                          "[]:53", "[", ":53", "192.0.2.1:5x"})
    EXPECT_FALSE(endpoint_of_text(bad)) << bad;
}
