// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The bounds on the work for one message: records, options, pointers, and the size of the reply.
// tests/e2e/test_message_cost.py measures it in instructions.
#include "cost/messages.hpp"
#include "unit/answer/engine_fixture.hpp"

namespace ptrd::answer {
namespace {

using BoundsTest = EngineTest;

// A query has at most six records, in any section; one with more is malformed.
TEST_F(BoundsTest, Records) {
  const std::string root(1, '\0');
  const size_t question = test::plain_query().size();
  EXPECT_EQ(raw(test::many_records(question + 6 * 11, root)).kind, Kind::answer);
  EXPECT_EQ(raw(test::many_records(question + 7 * 11, root)).kind, Kind::formerr);
  Octets spread = test::many_records(question + 9 * 11, root);
  spread[7] = spread[9] = spread[11] = 3;  // in all three sections
  EXPECT_EQ(raw(spread).kind, Kind::formerr);
  EXPECT_EQ(raw(test::many_records(test::kMaxInDatagram, root)).kind, Kind::formerr);
}

// An UPDATE may have any number: it is refused anyway (RFC 2136 2.2).
TEST_F(BoundsTest, RecordsOfAnUpdate) {
  test::MessageBytes message;
  message.put16(0x1234).put16(5 << 11).put16(1).put16(0).put16(100).put16(0);
  message.put(test::wire_name("2.0.192.in-addr.arpa")).put16(6).put16(1);
  for (int i = 0; i < 100; ++i) message.record(std::string("\1a\xC0\x0C", 4));
  EXPECT_EQ(raw(message.octets()).kind, Kind::refused);
}

// OPT has 64 options at most.
TEST_F(BoundsTest, Options) {
  const size_t before = test::plain_query().size() + 11;
  EXPECT_EQ(raw(test::many_options(before + 64 * 4)).kind, Kind::answer);
  EXPECT_EQ(raw(test::many_options(before + 65 * 4)).kind, Kind::formerr);
}

// The owner of a record that is skipped may be a backward pointer to after the header; it is not followed.
TEST_F(BoundsTest, OwnersArePassedOver) {
  const auto with_owner = [](const std::string& owner) {
    return test::MessageBytes().query(test::wire_name("1.2.0.192.in-addr.arpa"), 1).record(owner).octets();
  };
  const size_t behind = test::plain_query().size();
  EXPECT_EQ(raw(with_owner("\xC0\x0C")).kind, Kind::answer);
  EXPECT_EQ(raw(with_owner("\1a\xC0\x0C")).kind, Kind::answer);
  EXPECT_EQ(raw(with_owner(test::u16(static_cast<unsigned>(0xC000 | behind)))).kind, Kind::formerr)
      << "to itself";
  EXPECT_EQ(raw(with_owner(test::u16(0xFFFF))).kind, Kind::formerr) << "forward";
  EXPECT_EQ(raw(with_owner(std::string("\xC0\x02", 2))).kind, Kind::formerr) << "into the header";
  EXPECT_EQ(raw(with_owner("\x41")).kind, Kind::formerr) << "an extended label type";
  std::string longest = test::name_of_127_labels();
  EXPECT_EQ(raw(with_owner(longest)).kind, Kind::answer);
  longest.insert(0, "\1a");
  EXPECT_EQ(raw(with_owner(longest)).kind, Kind::formerr) << "longer than 255 octets";
}

// The root as the owner of OPT may be reached through one pointer, but not through two.
TEST_F(BoundsTest, OwnerOfOpt) {
  const auto with_opt = [](unsigned pointer, const Octets& data) {
    test::MessageBytes message;
    message.query(test::wire_name("1.2.0.192.in-addr.arpa"), 2).record(std::string(1, '\0'), data);
    message.put16(0xC000 | pointer).put16(41).put16(1232).put32(0).put16(0);
    return message.octets();
  };
  const auto data = static_cast<unsigned>(test::plain_query().size() + 11);
  EXPECT_EQ(raw(with_opt(data, {0})).kind, Kind::answer);
  EXPECT_EQ(raw(with_opt(data, {1, 'a', 0})).kind, Kind::formerr);
  EXPECT_EQ(raw(with_opt(data + 1, {0, 0xC0, static_cast<uint8_t>(data)})).kind, Kind::formerr);
}

// Chains of pointers are not followed in a message.
TEST_F(BoundsTest, PointerChains) {
  EXPECT_EQ(raw(test::pointer_chain(test::kMaxInFrame, 690)).kind, Kind::formerr);
  EXPECT_EQ(raw(test::pointer_chain(test::kMaxInDatagram, 16300)).kind, Kind::formerr);
  EXPECT_EQ(raw(test::tsig_of_pointers()).kind, Kind::notauth)
      << "127 labels, each behind a pointer of its own";
  test::MessageBytes pointers;
  const std::string question = test::wire_name("1.2.0.192.in-addr.arpa");
  const size_t start = 12 + question.size() + 4 + 11;
  pointers.put8(0);
  for (unsigned i = 0; i < 200; ++i)
    pointers.put16(static_cast<unsigned>(0xC000 | (start + (i == 0 ? 0 : pointers.size() - 2))));
  const auto key = static_cast<unsigned>(0xC000 | (start + pointers.size() - 2));
  const Octets before = test::MessageBytes().record(std::string(1, '\0'), pointers.octets()).octets();
  EXPECT_EQ(raw(test::tsig_query(question, test::u16(key), std::string(1, '\0'), before, 2)).kind,
            Kind::formerr);
}

// A reply to a signed query does not exceed the client's limit. If its TSIG record does not fit, TC is set,
// and the client gets it over TCP (RFC 8945 5.3).
TEST_F(BoundsTest, TsigKeepsToTheLimit) {
  const std::string name = test::name_of_127_labels();
  const auto check = [&](const Octets& query, size_t limit, bool whole,
                         Transport transport = Transport::udp) {
    const auto reply = raw(query, transport, {.server_id = std::string(kMaxServerId, 'i')});
    EXPECT_EQ(reply.kind, Kind::notauth);
    EXPECT_LE(reply.size, limit);
    const auto read = test::read_reply({buffer_.data(), reply.size});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->rcode, 9U);
    EXPECT_EQ(read->has(flag::tc), !whole);
    EXPECT_EQ(read->additional().size(), whole ? 1U : 0U);
  };
  const Octets nsid =
      test::MessageBytes().put8(0).put16(41).put16(512).put32(0).put16(4).put16(3).put16(0).octets();
  check(test::tsig_query(name, test::u16(0xC00C), name), 512, false);
  check(test::tsig_query(name, test::u16(0xC00C), name), 65535, true, Transport::tcp);
  check(test::tsig_query(name, test::u16(0xC00C), std::string(1, '\0'), nsid, 2), 512, false);
  check(test::tsig_query(test::wire_name("example"), test::u16(0xC00C), std::string(1, '\0'), nsid, 2), 512,
        true);
}

// Nothing is written past the smallest buffer that the engine allows, for any client payload size.
TEST_F(BoundsTest, SmallestBuffer) {
  const std::string name = test::name_of_127_labels();
  const Octets opt =
      test::MessageBytes().put8(0).put16(41).put16(1232).put32(0).put16(4).put16(3).put16(0).octets();
  const Settings settings{.server_id = std::string(kMaxServerId, 'i')};
  for (const Octets& query :
       {test::tsig_query(name, test::u16(0xC00C), name, opt, 2), test::plain_query("2."
                                                                                   "2.0.192.in-addr.arpa",
                                                                                   12, true)}) {
    const size_t room = std::max(query.size(), kMinBuffer);
    Octets buffer(room + 64, 0xA5);
    std::copy(query.begin(), query.end(), buffer.begin());
    lines_ = test::costly_image();
    const auto reply = Engine(image::View(lines_), settings)
                           .respond(wire::MutableBytes(buffer).first(room), query.size(), Transport::udp);
    EXPECT_LE(reply.size, room);
    EXPECT_EQ(Octets(buffer.begin() + static_cast<ptrdiff_t>(room), buffer.end()), Octets(64, 0xA5));
  }
}

// Each of the costly messages gets a well-formed reply within its limit, the same on both paths through the
// engine.
TEST_F(BoundsTest, CostlyMessages) {
  lines_ = test::costly_image();
  for (const test::CostlyMessage& message : test::costly_messages()) {
    const auto reply = raw(message.bytes);
    ASSERT_GT(reply.size, 0U) << message.name;
    EXPECT_LE(reply.size, wire::kUdpPayload) << message.name;
    EXPECT_TRUE(test::read_reply({buffer_.data(), reply.size})) << message.name;
    const bool heavy = message.name.find(" in a ") != std::string::npos;
    EXPECT_EQ(reply.kind == Kind::formerr, heavy) << message.name;
  }
}

// What takes too much work for a datagram is sent without records and with TC, and whole over TCP: chains of
// aliases, records with long names, glue. Nothing is cut short.
TEST_F(BoundsTest, TooMuchWorkForADatagram) {
  lines_ = test::costly_image();
  const auto answers = [&](const test::Query& query, size_t records) {
    const auto bare = ask(query);
    EXPECT_EQ(kind_, Kind::truncated) << query.name;
    EXPECT_TRUE(bare.has(flag::tc) && bare.has(flag::aa)) << query.name;
    EXPECT_TRUE(bare.answer().empty() && bare.authority().empty()) << query.name;
    EXPECT_TRUE(bare.additional().empty()) << query.name;
    const auto whole = ask(query, Transport::tcp);
    EXPECT_FALSE(whole.has(flag::tc)) << query.name;
    EXPECT_EQ(whole.answer().size(), records) << query.name;
    return whole;
  };
  const auto query = [](const std::string& name, Type type) {
    return test::Query{.name = name, .type = code(type), .edns = test::Edns{}};
  };
  answers(query("t0." + test::text_of_labels(50, "example", 'i'), Type::a), 13);
  answers(query("c0." + test::text_of_labels(110, "example", 'h'), Type::a), 13);
  answers(query("a0." + test::text_of_labels(120, "example", 'm'), Type::a), 1);
  answers(query("far.example", Type::mx), 40);
  answers(query(test::far_address6(0), Type::ptr), 13);
  EXPECT_TRUE(ask(query("x.cut.example", Type::a)).authority().empty());
  EXPECT_EQ(ask(query("x.cut.example", Type::a), Transport::tcp).additional().size(), 40U);
}

// Ordinary replies are far from that: three aliases in ip6.arpa, a delegation to 13 servers with glue.
TEST_F(BoundsTest, OrdinaryWorkFitsADatagram) {
  lines_ = test::costly_image();
  EXPECT_EQ(ask({.name = test::address_name6("2001:db8::1017")}).answer().size(), 3U);
  for (const std::string zone : {"example", "nsec"}) {
    const auto referral =
        ask({.name = "www.customer." + zone, .type = code(Type::a), .edns = test::Edns{.dnssec_ok = true}});
    EXPECT_FALSE(referral.has(flag::tc)) << zone;
    EXPECT_EQ(referral.additional().size(), 13U) << zone;
  }
}

// Addresses that a reply may do without are left out when the work is done.
TEST_F(BoundsTest, OptionalAddresses) {
  lines_ = test::costly_image();
  const test::Query query{.name = "m.example", .type = code(Type::mx), .edns = test::Edns{.udp_size = 4096}};
  const auto some = ask(query);
  EXPECT_FALSE(some.has(flag::tc));
  EXPECT_EQ(some.answer().size(), 60U);
  EXPECT_EQ(ask(query, Transport::tcp).additional().size(), 40U);
}

// What proves that a name does not exist is not searched for over UDP as far as over TCP: the client gets it
// there.
TEST_F(BoundsTest, ProofsFarAway) {
  lines_ = test::costly_image();
  for (const std::string apex : {"nsec", "nsec3"}) {
    const test::Query query{.name = "l." + test::text_of_labels(109, apex, 'm'),
                            .edns = test::Edns{.dnssec_ok = true}};
    EXPECT_TRUE(ask(query).has(flag::tc)) << apex;
    const auto whole = ask(query, Transport::tcp);
    EXPECT_FALSE(whole.has(flag::tc)) << apex;
    EXPECT_GE(whole.authority().size(), 4U) << "SOA, a denial, their signatures";
    const auto near = ask({.name = "4.0.1." + apex, .edns = test::Edns{.dnssec_ok = true}});
    EXPECT_FALSE(near.has(flag::tc)) << apex;
  }
}

// Searches are enough for what zones have: a chain of twelve aliases between hosts; an alias to any address,
// and one to another IPv6 address; addresses of eight hosts; glue of 13 servers.
TEST_F(BoundsTest, SearchesOfCommonZones) {
  ImageMaker maker;
  maker.zone("example.net").zone("2.0.192.in-addr.arpa").zone("8.b.d.0.1.0.0.2.ip6.arpa");
  maker.zone_of("example.net");
  const std::string end = ".some-datacenter.example.net";
  for (int i = 0; i < 12; ++i) {
    maker.add("alias" + std::to_string(i) + ".example.net", Type::cname,
              test::wire_name("alias" + std::to_string(i + 1) + ".example.net"));
  }
  for (int i = 0; i < 8; ++i) {
    const std::string number = std::to_string(i);
    maker.add("mail.example.net", Type::mx, test::mx_data(10, "mx" + number + end));
    maker.add("mx" + number + end, Type::a, test::a_data("192.0.2.25"));
  }
  for (int i = 0; i < 13; ++i) {
    const std::string server = "name-server" + std::to_string(i) + ".dns.customer.example.net";
    maker.add("customer.example.net", Type::ns, test::wire_name(server));
    maker.add(server, Type::a, test::a_data("192.0.2.53"));
  }
  maker.add("alias12.example.net", Type::a, test::a_data("192.0.2.1"));
  const std::string four = "1.0-63.2.0.192.in-addr.arpa";
  maker.zone_of("2.0.192.in-addr.arpa").add("1.2.0.192.in-addr.arpa", Type::cname, test::wire_name(four));
  maker.ptr(four, "host.example");
  maker.zone_of("8.b.d.0.1.0.0.2.ip6.arpa");
  const std::string six = test::address_name6("2001:db8:9::1");
  maker.add(test::address_name6("2001:db8::1"), Type::cname, test::wire_name(six)).ptr(six, "host.example");
  lines_ = maker.lines();
  EXPECT_EQ(ask({.name = "alias0.example.net", .type = code(Type::a)}).answer().size(), 13U);
  EXPECT_EQ(ask({.name = "1.2.0.192.in-addr.arpa"}).answer().size(), 2U);
  EXPECT_EQ(ask({.name = test::address_name6("2001:db8::1")}).answer().size(), 2U);
  const auto mx = ask({.name = "mail.example.net", .type = code(Type::mx), .edns = test::Edns{}});
  EXPECT_EQ(mx.additional().size(), 8U);
  const auto glue = ask({.name = "www.customer.example.net", .edns = test::Edns{}});
  EXPECT_EQ(glue.additional().size(), 13U);
  EXPECT_FALSE(glue.has(flag::tc));
}

// Names are compressed against any name of the reply with a common suffix: each record takes its first label
// and a pointer.
TEST_F(BoundsTest, Compression) {
  ImageMaker maker;
  maker.zone("example");
  const std::string domain = "an-end-of-some-length.example";
  for (int i = 10; i < 30; ++i) {
    const std::string number = std::to_string(i);
    maker.add("own." + domain, Type::ptr, test::wire_name("n" + number + ".own." + domain))
        .add("one." + domain, Type::ptr, test::wire_name("n" + number + ".one"))
        .add("two." + domain, Type::ptr,
             test::wire_name("n" + number + (i % 2 == 0 ? ".of-two" : ".of-both")))
        .add("n" + number + "." + domain, Type::a, test::a_data("192.0.2.1"));
    if (i < 18) maker.add("s." + domain, Type::mx, test::mx_data(10, "n" + number + "." + domain));
  }
  lines_ = maker.lines();
  const size_t question = 12 + 5 + domain.size() + 1 + 4;
  const size_t record = 12 + 4 + 2;
  const auto size_of = [&](const std::string& name, Type type = Type::ptr) {
    (void)ask({.name = name + domain, .type = code(type)}, Transport::tcp);
    return size_;
  };
  EXPECT_EQ(size_of("own."), question + 20 * record);
  EXPECT_EQ(size_of("one."), question + 20 * record + 5 - 2) << "`one` and the root once";
  EXPECT_EQ(size_of("two."), question + 20 * record + 2 * (8 - 2) + 1);
  EXPECT_EQ(size_of("s.", Type::mx), question - 2 + 8 * (record + 2) + 8 * 16) << "with their addresses";
}

// Large RRsets over TCP: all records, without duplicates, and with compressed names.
TEST_F(BoundsTest, LargeSets) {
  lines_ = test::costly_image(20);
  for (const char* name : {"2.2.0.192.in-addr.arpa", "3.2.0.192.in-addr.arpa", "4.2.0.192.in-addr.arpa"}) {
    const auto reply = ask({.name = name}, Transport::tcp);
    EXPECT_FALSE(reply.has(flag::tc)) << name;
    std::set<std::string> targets;
    for (const auto& record : reply.answer()) targets.insert(record.target());
    EXPECT_EQ(targets.size(), reply.answer().size()) << name;
    EXPECT_GE(targets.size(), 160U) << name;
  }
  const auto glue = ask({.name = "70.64-127.2.0.192.in-addr.arpa"}, Transport::tcp);
  EXPECT_EQ(glue.authority().size(), 1200U);
  EXPECT_EQ(glue.additional().size(), 40U);
  const auto mx = ask({.name = "m.example", .type = code(Type::mx)}, Transport::tcp);
  EXPECT_EQ(mx.answer().size(), 1200U);
  EXPECT_GE(mx.additional().size(), 13U) << "addresses of the first hosts";
}

}  // namespace
}  // namespace ptrd::answer
