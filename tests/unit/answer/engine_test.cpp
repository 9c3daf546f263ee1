// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/answer/engine.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "unit/answer/engine_fixture.hpp"

namespace ptrd::answer {
namespace {

// A plain hit: AA, the record with its TTL, id and question echoed with their case.
TEST_F(EngineTest, PtrHit) {
  const auto reply = ask({.id = 0xBEEF, .name = "1.2.0.192.IN-addr.Arpa", .flags = flag::rd});
  EXPECT_EQ(reply.id, 0xBEEF);
  EXPECT_EQ(reply.flags, flag::qr | flag::aa | flag::rd);
  EXPECT_EQ(reply.question, "1.2.0.192.IN-addr.Arpa.");
  ASSERT_EQ(reply.answer().size(), 1U);
  EXPECT_EQ(reply.answer()[0].target(), "One.Example.net.");
  EXPECT_EQ(reply.answer()[0].ttl, 600U);
  EXPECT_EQ(reply.answer()[0].owner, reply.question);
  EXPECT_FALSE(reply.edns);
  EXPECT_EQ(kind_, Kind::answer);
}

// The same over the nibble tree, upper-case nibbles included.
TEST_F(EngineTest, PtrHit6) {
  std::string name = wire::name_of_key(*wire::key_of_address("2001:db8:0:1::1")).to_text();
  name.pop_back();
  for (char& c : name) c = static_cast<char>(std::toupper(c));
  const auto reply = ask({.name = name});
  ASSERT_EQ(reply.answer().size(), 1U);
  EXPECT_EQ(reply.answer()[0].target(), "sixty.example.net.");
}

// An RRset of several records is returned whole; another type at the name is returned alone.
TEST_F(EngineTest, SetsAtAName) {
  EXPECT_EQ(ask({.name = "2.2.0.192.in-addr.arpa"}).answer().size(), 2U);
  EXPECT_EQ(ask({.name = "3.2.0.192.in-addr.arpa", .type = code(Type::txt)}).answer().size(), 1U);
  EXPECT_EQ(ask({.name = "3.2.0.192.in-addr.arpa"}).answer()[0].target(), "three.example.net.");
}

// NODATA and NXDOMAIN carry the SOA with the smaller of its TTL and its minimum (RFC 2308 3 and 5).
TEST_F(EngineTest, NegativeAnswers) {
  for (const auto& [name, rcode] :
       {std::pair("1.2.0.192.in-addr.arpa", 0U), std::pair("99.2.0.192.in-addr.arpa", 3U)}) {
    const auto reply = ask({.name = name, .type = code(Type::txt)});
    EXPECT_EQ(reply.rcode, rcode);
    EXPECT_TRUE(reply.answer().empty());
    ASSERT_EQ(reply.authority().size(), 1U);
    EXPECT_EQ(reply.authority()[0].owner, "2.0.192.in-addr.arpa.");
    EXPECT_EQ(reply.authority()[0].type, code(Type::soa));
    EXPECT_EQ(reply.authority()[0].ttl, 300U);
    EXPECT_TRUE(reply.has(flag::aa));
    EXPECT_EQ(kind_, rcode == 0 ? Kind::nodata : Kind::nxdomain);
  }
}

// Names that are not below one of our apexes are refused, without AA (RFC 8906 3.1.1 leaves no better code).
TEST_F(EngineTest, RefusedOutside) {
  for (const char* name :
       {"4.3.2.1.in-addr.arpa", "1.0.0.2.ip6.arpa", "in-addr.arpa", "example.net", "xexample"}) {
    const auto reply = ask({.name = name});
    EXPECT_EQ(reply.rcode, 5U) << name;
    EXPECT_FALSE(reply.has(flag::aa));
    EXPECT_EQ(kind_, Kind::refused);
  }
  EXPECT_EQ(ask({.name = "1.2.0.192.in-addr.arpa", .qclass = 4}).rcode, 5U);
}

// QCLASS * is answered from class IN, but never with authority (RFC 1035 6.2).
TEST_F(EngineTest, ClassAny) {
  const auto reply = ask({.name = "1.2.0.192.in-addr.arpa", .qclass = 255});
  EXPECT_EQ(reply.rcode, 0U);
  ASSERT_EQ(reply.answer().size(), 1U);
  EXPECT_EQ(reply.answer()[0].target(), "One.Example.net.");
  EXPECT_FALSE(reply.has(flag::aa));
  EXPECT_EQ(ask({.name = "99.2.0.192.in-addr.arpa", .qclass = 255}).rcode, 3U);
  EXPECT_FALSE(ask({.name = "99.2.0.192.in-addr.arpa", .qclass = 255}).has(flag::aa));
  EXPECT_EQ(ask({.name = "example.net", .qclass = 255}).rcode, 5U);
}

/// A name of 193 octets: `first`, two labels of maximum length and one that fills up the rest, below example.
std::string long_name(const std::string& first) {
  return first + "." + std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(53, first[0]) +
         ".example";
}

// The owner of an SRV target's address, and the suffix of the alias that a DNAME makes, point at the name in
// the data before them, which itself is written out (RFC 3597 4): otherwise they would not fit.
TEST_F(EngineTest, PointersIntoUncompressedData) {
  const auto srv = [](const std::string& target) { return std::string(6, '\0') + test::wire_name(target); };
  lines_ = ImageMaker()
               .zone("example")
               .add("s.example", Type::srv, srv(long_name("x")))
               .add("s.example", Type::srv, srv(long_name("y")))
               .add(long_name("x"), Type::a, test::a_data("192.0.2.80"))
               .add(long_name("y"), Type::a, test::a_data("192.0.2.81"))
               .add("d.example", Type::dname, test::wire_name(long_name("z")))
               .lines();
  const auto addresses = ask({.name = "s.example", .type = code(Type::srv)});
  ASSERT_EQ(addresses.answer().size(), 2U);
  EXPECT_EQ(addresses.answer()[1].target(), long_name("y") + ".");
  EXPECT_EQ(addresses.additional().size(), 2U);
  const auto renamed = ask({.name = "w.d.example", .type = code(Type::a)});
  ASSERT_EQ(renamed.answer().size(), 2U);
  EXPECT_EQ(renamed.answer()[1].target(), "w." + long_name("z") + ".");
  EXPECT_LT(size_, 2 * long_name("z").size()) << "the target once, not twice";
}

// EDNS: our size, version 0, DO copied from the query; no OPT if the query had none (RFC 6891 6.1.1).
TEST_F(EngineTest, EdnsEchoed) {
  const auto reply =
      ask({.name = "1.2.0.192.in-addr.arpa",
           .edns = test::Edns{.udp_size = 4096, .dnssec_ok = true, .options = {{10, Octets(8, 1)}}}});
  EXPECT_TRUE(reply.edns);
  EXPECT_EQ(reply.udp_payload, wire::kUdpPayload);
  EXPECT_EQ(reply.edns_flags, 0x8000U);
  EXPECT_EQ(ask({.name = "99.2.0.192.in-addr.arpa", .edns = test::Edns{}}).edns, true);
}

// Version 1 is BADVERS, with our version in it and the question (RFC 6891 6.1.3).
TEST_F(EngineTest, BadVersion) {
  const auto reply = ask({.name = "1.2.0.192.in-addr.arpa", .edns = test::Edns{.version = 1}});
  EXPECT_EQ(reply.rcode, 16U);
  EXPECT_EQ(reply.edns_flags >> 16 & 0xFF, 0U);
  EXPECT_TRUE(reply.answer().empty());
  EXPECT_EQ(kind_, Kind::badvers);
}

// 512 bytes without EDNS, the smaller of both sizes with it, whole sets or TC, everything over TCP.
TEST_F(EngineTest, SizesAndTruncation) {
  const auto small = ask({.name = "9.2.0.192.in-addr.arpa"});
  EXPECT_TRUE(small.has(flag::tc));
  EXPECT_TRUE(small.answer().empty());
  EXPECT_EQ(kind_, Kind::truncated);
  EXPECT_LE(size_, 512U);
  const auto tiny = ask({.name = "9.2.0.192.in-addr.arpa", .edns = test::Edns{.udp_size = 0}});
  EXPECT_TRUE(tiny.has(flag::tc));
  EXPECT_EQ(ask({.name = "9.2.0.192.in-addr.arpa"}, Transport::tcp).answer().size(), 40U);
  const auto large = ask({.name = "9.2.0.192.in-addr.arpa", .edns = test::Edns{.udp_size = 4096}});
  EXPECT_EQ(large.has(flag::tc), large.answer().empty());
  EXPECT_LE(size_, wire::kUdpPayload);
}

/// The bytes of a good query with some of them changed.
Octets changed(std::initializer_list<std::pair<size_t, uint8_t>> edits,
               const test::Query& query = {.name = "1.2.0.192.in-addr.arpa"}) {
  Octets bytes = query.bytes();
  for (const auto& [at, value] : edits) bytes[at] = value;
  return bytes;
}

// A message that cannot be a query gets no reply; a malformed query gets FORMERR or NOTIMP (RFC 1035 4.1.1,
// RFC 8906, RFC 9619).
TEST_F(EngineTest, MalformedMessages) {
  const Octets good = test::Query{.name = "1.2.0.192.in-addr.arpa"}.bytes();
  for (size_t size = 0; size < good.size(); ++size) {
    const auto reply = raw(Octets(good.begin(), good.begin() + static_cast<ptrdiff_t>(size)));
    EXPECT_EQ(reply.kind, size < 12 ? Kind::drop_runt : Kind::formerr) << size;
    EXPECT_EQ(reply.size, size < 12 ? 0 : 12) << size;
  }
  EXPECT_EQ(raw(changed({{2, 0x80}})).kind, Kind::drop_not_query);
  EXPECT_EQ(raw(changed({{5, 0}})).kind, Kind::formerr);
  EXPECT_EQ(raw(changed({{5, 2}})).kind, Kind::formerr);
  EXPECT_EQ(raw(changed({{7, 1}})).kind, Kind::formerr);
  EXPECT_EQ(raw(changed({{11, 1}})).kind, Kind::formerr);
  EXPECT_EQ(raw(changed({{12, 0xC0}})).kind, Kind::formerr) << "a pointer in the question";
  EXPECT_EQ(raw(changed({{12, 0x41}})).kind, Kind::formerr) << "an extended label type";
  for (const unsigned opcode : {1U, 2U, 3U, 6U, 15U}) {
    EXPECT_EQ(raw(changed({{2, static_cast<uint8_t>(opcode << 3)}})).kind, Kind::notimp) << opcode;
    EXPECT_EQ(buffer_[2] & 0x78U, opcode << 3) << "the opcode is echoed";
  }
  Octets junk = good;
  junk.push_back(0);
  EXPECT_EQ(raw(junk).kind, Kind::answer) << "what follows the last record is ignored";
}

// A NOTIFY or UPDATE gets REFUSED for a zone of ours, NOTAUTH for any other (RFC 2136 3.1, RFC 1996 3.10); an
// UPDATE of what is no zone FORMERR (RFC 2136 3.1.1).
TEST_F(EngineTest, NotifyAndUpdate) {
  for (const uint16_t opcode : {uint16_t{4}, uint16_t{5}}) {
    const auto flags = static_cast<uint16_t>(opcode << 11);
    EXPECT_EQ(ask({.name = "2.0.192.in-addr.arpa", .type = code(Type::soa), .flags = flags}).rcode, 5U);
    EXPECT_EQ(ask({.name = "1.2.0.192.in-addr.arpa", .type = code(Type::soa), .flags = flags}).rcode, 9U);
    EXPECT_EQ(kind_, Kind::notauth);
  }
  const auto update = static_cast<uint16_t>(5U << 11);
  for (const char* name : {"2.0.192.in-addr.arpa", "1.2.0.192.in-addr.arpa"})
    EXPECT_EQ(ask({.name = name, .type = code(Type::ns), .flags = update}).rcode, 1U) << name;
}

// Transfers: AXFR is not for UDP (RFC 5936 4.2); none is given.
TEST_F(EngineTest, Transfers) {
  EXPECT_EQ(ask({.name = "2.0.192.in-addr.arpa", .type = code(Type::axfr)}).rcode, 4U);
  EXPECT_EQ(ask({.name = "2.0.192.in-addr.arpa", .type = code(Type::axfr)}, Transport::tcp).rcode, 5U);
  EXPECT_EQ(ask({.name = "2.0.192.in-addr.arpa", .type = code(Type::ixfr)}).rcode, 5U);
  EXPECT_EQ(ask({.name = "3.2.0.192.in-addr.arpa", .type = code(Type::ixfr)}).rcode, 9U);
}

// Information about the server itself: only what was configured (RFC 4892, RFC 5001).
TEST_F(EngineTest, ChaosAndNsid) {
  const Settings told{.version = "ptrd test", .server_id = "node-7"};
  const auto chaos = [&](const char* name, const Settings& settings) {
    const auto reply = raw(test::Query{.name = name, .type = code(Type::txt), .qclass = 3}.bytes(),
                           Transport::udp, settings);
    return test::read_reply({buffer_.data(), reply.size}).value();
  };
  EXPECT_EQ(chaos("VERSION.bind", told).answer().at(0).rdata,
            Octets({9, 'p', 't', 'r', 'd', ' ', 't', 'e', 's', 't'}));
  EXPECT_EQ(chaos("id.server", told).answer().size(), 1U);
  EXPECT_EQ(chaos("hostname.bind", told).answer().size(), 1U);
  EXPECT_EQ(chaos("other.bind", told).rcode, 5U);
  EXPECT_EQ(chaos("version.server", {}).rcode, 5U);
  const Octets with_nsid =
      test::Query{.name = "1.2.0.192.in-addr.arpa", .edns = test::Edns{.options = {{3, {}}}}}.bytes();
  const auto reply = raw(with_nsid, Transport::udp, told);
  ASSERT_TRUE(test::read_reply({buffer_.data(), reply.size}));
  EXPECT_EQ(Octets(buffer_.begin() + reply.size - 10, buffer_.begin() + reply.size),
            Octets({0, 3, 0, 6, 'n', 'o', 'd', 'e', '-', '7'}));
  EXPECT_EQ(raw(with_nsid).size + 10, reply.size) << "nothing of it where there is nothing to tell";
}

// A client that asks gets the serial of the zone that the question's name is in, and how many labels that
// zone's name has: in each kind of answer from a zone, referrals included, and in no other (RFC 9660 2, 3.2).
TEST_F(EngineTest, ZoneVersion) {
  lines_ = ImageMaker()
               .zone("2.0.192.in-addr.arpa", 0x01020304)
               .ptr("1.2.0.192.in-addr.arpa", "one.example.")
               .add("2.2.0.192.in-addr.arpa", Type::cname, test::wire_name("1.7.2.0.192.in-addr.arpa"))
               .add("sub.2.0.192.in-addr.arpa", Type::ns, test::wire_name("ns.example."))
               .zone("7.2.0.192.in-addr.arpa", 9)
               .ptr("1.7.2.0.192.in-addr.arpa", "seven.example.")
               .lines();
  const auto asked = [](const char* name, const Octets& data = {}) {
    return test::Query{.name = name, .edns = test::Edns{.options = {{19, data}}}}.bytes();
  };
  const Octets upper = {0, 19, 0, 6, 5, 0, 1, 2, 3, 4};
  const Octets lower = {0, 19, 0, 6, 6, 0, 0, 0, 0, 9};
  for (const auto& [name, version, kind] : {std::tuple("1.2.0.192.in-addr.arpa", upper, Kind::answer),
                                            std::tuple("2.2.0.192.in-addr.arpa", upper, Kind::answer),
                                            std::tuple("99.2.0.192.in-addr.arpa", upper, Kind::nxdomain),
                                            std::tuple("2.0.192.in-addr.arpa", upper, Kind::nodata),
                                            std::tuple("x.sub.2.0.192.in-addr.arpa", upper, Kind::referral),
                                            std::tuple("1.7.2.0.192.in-addr.arpa", lower, Kind::answer)}) {
    for (const Transport transport : {Transport::udp, Transport::tcp}) {
      const auto reply = raw(asked(name), transport);
      EXPECT_EQ(reply.kind, kind) << name;
      EXPECT_EQ(Octets(buffer_.begin() + reply.size - 10, buffer_.begin() + reply.size), version) << name;
      const auto plain = raw(test::Query{.name = name, .edns = test::Edns{}}.bytes(), transport);
      EXPECT_EQ(plain.size + 10, reply.size) << name;
    }
  }
  EXPECT_EQ(raw(asked("not.ours")).size,
            raw(test::Query{.name = "not.ours", .edns = test::Edns{}}.bytes()).size);
  const auto malformed = raw(asked("1.2.0.192.in-addr.arpa", {0}));
  EXPECT_EQ(malformed.kind, Kind::formerr);
  EXPECT_EQ(ask({.name = "1.2.0.192.in-addr.arpa"}).rcode, 0U);
}

// A client that asks over TCP gets the idle timeout, in every kind of reply; over UDP the option has no
// meaning, and without a configured value it is not sent (RFC 7828 3.2.1, 3.3.2).
TEST_F(EngineTest, TcpKeepalive) {
  const Settings told{.tcp_keepalive = 300};
  for (const char* name : {"1.2.0.192.in-addr.arpa", "77.2.0.192.in-addr.arpa", "not.ours"}) {
    const Octets asking = test::Query{.name = name, .edns = test::Edns{.options = {{11, {}}}}}.bytes();
    const Octets plain = test::Query{.name = name, .edns = test::Edns{}}.bytes();
    const size_t without = raw(plain, Transport::tcp, told).size;
    const auto reply = raw(asking, Transport::tcp, told);
    EXPECT_EQ(reply.size, without + 6) << name;
    ASSERT_TRUE(test::read_reply({buffer_.data(), reply.size})) << name;
    const Octets option = {0, 11, 0, 2, 1, 44};
    EXPECT_NE(std::search(buffer_.begin() + 12, buffer_.begin() + reply.size, option.begin(), option.end()),
              buffer_.begin() + reply.size)
        << name;
    EXPECT_EQ(raw(asking, Transport::udp, told).size, without) << name;
    EXPECT_EQ(raw(asking, Transport::tcp).size, without) << name;
  }
}

// REFUSED includes the reason for a client with EDNS (RFC 8914 4.21).
TEST_F(EngineTest, ExtendedError) {
  const auto reply = raw(test::Query{.name = "not.ours", .edns = test::Edns{}}.bytes());
  EXPECT_EQ(Octets(buffer_.begin() + reply.size - 6, buffer_.begin() + reply.size),
            Octets({0, 15, 0, 2, 0, 20}));
}

// A signature by an unknown key: NOTAUTH, and a TSIG record with BADKEY (RFC 8945 5.2.1).
TEST_F(EngineTest, UnknownTsigKey) {
  Octets query = test::Query{.id = 0x0102, .name = "1.2.0.192.in-addr.arpa"}.bytes();
  query[11] = 1;
  const Octets tsig = {1, 'k', 0, 0, 250, 0, 255, 0, 0, 0,    0,    0, 21, 1, 'h', 0, 0,
                       0, 0,   0, 0, 9,   0, 1,   0, 2, 0xAA, 0xBB, 1, 2,  0, 0,   0, 0};
  query.insert(query.end(), tsig.begin(), tsig.end());
  const auto reply = raw(query);
  EXPECT_EQ(reply.kind, Kind::notauth);
  const auto read = test::read_reply({buffer_.data(), reply.size});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->rcode, 9U);
  ASSERT_EQ(read->additional().size(), 1U);
  EXPECT_EQ(read->additional()[0].rdata,
            Octets({1, 'h', 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 0, 1, 2, 0, 17, 0, 0}));
  query.pop_back();
  EXPECT_EQ(raw(query).kind, Kind::formerr);
}

// A key name that runs past the end of the query, by a pointer into a label of the question, is malformed
// whatever the buffer contains there.
TEST_F(EngineTest, TsigKeyEndsWithTheQuery) {
  const Octets query = {
      0,    7,  0, 0,   0, 1,   0, 0, 0, 0, 0, 1,  2, 'a', 34, 0, 0, 12, 0, 1,  // offset 14: 34
      0xC0, 14, 0, 250, 0, 255, 0, 0, 0, 0, 0, 18, 0, 0,   0,  0, 0, 0,  0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1, 63};
  for (const int fill : {0, 97, 0xA5}) {
    buffer_.assign(1232, static_cast<uint8_t>(fill));
    std::copy(query.begin(), query.end(), buffer_.begin());
    const auto reply = Engine(image::View(lines_)).respond(buffer_, query.size(), Transport::udp);
    EXPECT_EQ(reply.kind, Kind::formerr) << fill;
    EXPECT_LT(reply.size, query.size()) << fill;
  }
}

// OPT: one, with the root as its owner, its options whole, in the additional section (RFC 6891 6.1.1, 6.1.2).
TEST_F(EngineTest, MalformedEdns) {
  const test::Query query{.name = "1.2.0.192.in-addr.arpa", .edns = test::Edns{}};
  const Octets good = query.bytes();
  const size_t opt = good.size() - 11;
  EXPECT_EQ(raw(good).kind, Kind::answer);
  Octets twice = good;
  twice.insert(twice.end(), good.begin() + static_cast<ptrdiff_t>(opt), good.end());
  twice[11] = 2;
  EXPECT_EQ(raw(twice).kind, Kind::formerr);
  Octets in_answer = good;
  std::swap(in_answer[7], in_answer[11]);
  EXPECT_EQ(raw(in_answer).kind, Kind::formerr);
  Octets option =
      test::Query{.name = "1.2.0.192.in-addr.arpa", .edns = test::Edns{.options = {{3, Octets(2, 0)}}}}
          .bytes();
  EXPECT_EQ(raw(option).kind, Kind::answer);
  option[option.size() - 3] = 9;  // the option's length, past the record's end
  EXPECT_EQ(raw(option).kind, Kind::formerr);
  Octets owned = good;
  owned.insert(owned.begin() + static_cast<ptrdiff_t>(opt), {1, 'x'});
  EXPECT_EQ(raw(owned).kind, Kind::formerr);
  Octets large =
      test::Query{.name = "1.2.0.192.in-addr.arpa", .edns = test::Edns{.options = {{65001, Octets(400, 7)}}}}
          .bytes();
  EXPECT_EQ(raw(large).kind, Kind::answer) << "unknown options are ignored, however large";
}

// Random names, types and EDNS: the fast path and the general one write the same bytes, well-formed and
// within the limit.
RC_GTEST_FIXTURE_PROP(EngineTest, FastIsGeneral, (uint8_t octet, bool v6, uint64_t pick)) {
  static const uint16_t kTypes[] = {12, 16, 1, 2, 5, 6, 43, 255, 65280};
  test::Query query{.id = static_cast<uint16_t>(pick),
                    .name = std::to_string(octet % 12) + ".2.0.192.in-addr.arpa"};
  if (v6)
    query.name = wire::name_of_key(*wire::key_of_address("2001:db8:0:" + std::to_string(octet % 3) +
                                                         "::" + std::to_string(pick % 3)))
                     .to_text();
  if (query.name.back() == '.') query.name.pop_back();
  query.type = kTypes[pick / 16 % std::size(kTypes)];
  if (pick % 2 == 0) query.type = 12;
  if (pick % 5 == 0)
    query.edns = test::Edns{.udp_size = static_cast<uint16_t>(pick >> 20), .dnssec_ok = pick % 3 == 0};
  const auto reply = ask(query);
  RC_ASSERT(reply.id == query.id);
  RC_ASSERT(size_ <= (query.edns ? wire::kUdpPayload : 512U));
  RC_ASSERT(!::testing::Test::HasFailure());
}

}  // namespace
}  // namespace ptrd::answer
