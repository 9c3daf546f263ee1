// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "unit/answer/engine_fixture.hpp"

namespace ptrd::answer {
namespace {

// Names: aliases, wildcards, DNAMEs, cuts and additional data.
using GeneralTest = EngineTest;

// Every name above an existing one exists: NOERROR without data (RFC 8020, RFC 4592 2.2.2).
TEST_F(GeneralTest, EmptyNonTerminals) {
  for (const char* name :
       {"0-63.2.0.192.in-addr.arpa", "b.w.2.0.192.in-addr.arpa", "0.8.b.d.0.1.0.0.2.ip6.arpa",
        "0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "1.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"}) {
    EXPECT_EQ(ask({.name = name}).rcode, 0U) << name;
    EXPECT_EQ(kind_, Kind::nodata) << name;
  }
  EXPECT_EQ(ask({.name = "2.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"}).rcode, 3U);
  EXPECT_EQ(ask({.name = "1.1.2.0.192.in-addr.arpa"}).rcode, 3U) << "below a leaf";
}

// RFC 2317: the alias and its target in one reply; a dangling alias is kept, with NXDOMAIN.
TEST_F(GeneralTest, Aliases) {
  const auto chain = ask({.name = "5.2.0.192.in-addr.arpa"});
  ASSERT_EQ(chain.answer().size(), 2U);
  EXPECT_EQ(chain.answer()[0].type, code(Type::cname));
  EXPECT_EQ(chain.answer()[1].owner, "5.0-63.2.0.192.in-addr.arpa.");
  EXPECT_EQ(chain.answer()[1].target(), "five.example.net.");
  const auto dead = ask({.name = "6.2.0.192.in-addr.arpa"});
  EXPECT_EQ(dead.rcode, 3U);
  EXPECT_EQ(dead.answer().size(), 1U);
  EXPECT_EQ(dead.authority().size(), 1U);
  const auto loop = ask({.name = "loop-a.2.0.192.in-addr.arpa"});
  EXPECT_EQ(loop.rcode, 0U);
  EXPECT_GE(loop.answer().size(), 2U);
  EXPECT_EQ(ask({.name = "5.2.0.192.in-addr.arpa", .type = code(Type::cname)}).answer().size(), 1U);
}

// RRSIG and NSEC records may coexist with a CNAME (RFC 4035 2.5): a query for them is about its owner, and
// the alias is not followed.
TEST_F(GeneralTest, TypesBesideAnAlias) {
  for (const uint16_t type : {uint16_t{46}, uint16_t{47}}) {
    const auto reply = ask({.name = "5.2.0.192.in-addr.arpa", .type = type});
    EXPECT_EQ(kind_, Kind::nodata) << type;
    EXPECT_TRUE(reply.answer().empty());
    EXPECT_EQ(reply.authority().size(), 1U);
  }
}

// RFC 4592: the closest encloser's wildcard answers under the name asked; an ENT blocks the one above it.
TEST_F(GeneralTest, Wildcards) {
  const auto hit = ask({.name = "x.y.w.2.0.192.in-addr.arpa"});
  ASSERT_EQ(hit.answer().size(), 1U);
  EXPECT_EQ(hit.answer()[0].owner, "x.y.w.2.0.192.in-addr.arpa.");
  EXPECT_EQ(hit.answer()[0].target(), "wild.example.net.");
  EXPECT_EQ(ask({.name = "x.b.w.2.0.192.in-addr.arpa"}).rcode, 3U);
  EXPECT_EQ(ask({.name = "x.w.2.0.192.in-addr.arpa", .type = code(Type::txt)}).rcode, 0U);
  EXPECT_EQ(kind_, Kind::nodata);
}

// RFC 6672: DNAME, the CNAME synthesised from it, and the answer after it; the owner itself is not renamed.
TEST_F(GeneralTest, Dname) {
  const auto renamed = ask({.name = "1.d.2.0.192.in-addr.arpa"});
  ASSERT_EQ(renamed.answer().size(), 3U);
  EXPECT_EQ(renamed.answer()[0].type, code(Type::dname));
  EXPECT_EQ(renamed.answer()[1].target(), "1.e.2.0.192.in-addr.arpa.");
  EXPECT_EQ(renamed.answer()[2].target(), "renamed.example.net.");
  EXPECT_EQ(ask({.name = "d.2.0.192.in-addr.arpa", .type = code(Type::dname)}).answer().size(), 1U);
  const std::string longest = std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') +
                              "." + std::string(37, 'x');
  EXPECT_EQ(ask({.name = longest + ".d.2.0.192.in-addr.arpa"}, Transport::tcp).answer().size(), 2U)
      << "as long as it gets";
  EXPECT_EQ(ask({.name = longest + ".dd.2.0.192.in-addr.arpa"}, Transport::tcp).rcode, 6U)
      << "YXDOMAIN: the new name is too long";
}

// A DNAME that points above itself may rename more than once, and is in the answer once; one that points
// below itself ends after the first time.
TEST_F(GeneralTest, DnameTwice) {
  lines_ = ImageMaker()
               .zone("example")
               .add("up.example", Type::dname, test::wire_name("example"))
               .add("down.example", Type::dname, test::wire_name("x.down.example"))
               .add("www.example", Type::a, test::a_data("192.0.2.80"))
               .lines();
  const auto up = ask({.name = "www.up.up.example", .type = code(Type::a)});
  EXPECT_EQ(up.rcode, 0U);
  ASSERT_EQ(up.answer().size(), 4U) << "DNAME, two aliases, the address";
  EXPECT_EQ(up.answer()[1].target(), "www.up.example.");
  EXPECT_EQ(up.answer()[3].owner, "www.example.");
  EXPECT_EQ(ask({.name = "no.up.up.example"}).rcode, 3U);
  EXPECT_EQ(ask({.name = "up.up.example", .type = code(Type::dname)}).answer().size(), 2U)
      << "renamed to the DNAME's own name, which answers, but is there already";
  EXPECT_EQ(ask({.name = "www.down.example", .type = code(Type::a)}).answer().size(), 2U);
}

// A referral: NS in the authority section, glue of the cut itself, no AA; a query for DS itself is answered
// by the parent.
TEST_F(GeneralTest, Referrals) {
  for (const char* name :
       {"64-127.2.0.192.in-addr.arpa", "70.64-127.2.0.192.in-addr.arpa", "ns.64-127.2.0.192.in-addr.arpa"}) {
    const auto reply = ask({.name = name});
    EXPECT_EQ(kind_, Kind::referral) << name;
    EXPECT_FALSE(reply.has(flag::aa));
    EXPECT_TRUE(reply.answer().empty());
    EXPECT_EQ(reply.authority().size(), 2U);
    ASSERT_EQ(reply.additional().size(), 1U);
    EXPECT_EQ(reply.additional()[0].owner, "ns.64-127.2.0.192.in-addr.arpa.");
  }
  const auto ds = ask({.name = "64-127.2.0.192.in-addr.arpa", .type = code(Type::ds)});
  EXPECT_EQ(ds.answer().size(), 1U);
  EXPECT_TRUE(ds.has(flag::aa));
}

// DS at a deeper zone's apex is answered by the upper zone: NODATA, even if it does not delegate the name,
// since NXDOMAIN would also deny the deeper zone (RFC 8020 2).
TEST_F(GeneralTest, DsAtADeeperApex) {
  lines_ = ImageMaker()
               .zone("10.in-addr.arpa", 1)
               .add("1.10.in-addr.arpa", Type::ns, test::wire_name("ns.example"))
               .add("x.3.10.in-addr.arpa", Type::txt, test::txt_data("hidden"))
               .zone("1.10.in-addr.arpa", 2)
               .zone("2.10.in-addr.arpa", 3)
               .zone("3.10.in-addr.arpa", 4)
               .lines();
  for (const char* name : {"1.10.in-addr.arpa", "2.10.in-addr.arpa", "3.10.in-addr.arpa"}) {
    const auto reply = ask({.name = name, .type = code(Type::ds)});
    EXPECT_EQ(reply.rcode, 0U) << name;
    ASSERT_EQ(reply.authority().size(), 1U);
    EXPECT_EQ(reply.authority()[0].owner, "10.in-addr.arpa.");
  }
  EXPECT_EQ(ask({.name = "10.in-addr.arpa", .type = code(Type::ds)}).rcode, 0U)
      << "no zone above: our own to deny";
}

// Addresses of MX targets in our zones are added.
TEST_F(GeneralTest, AdditionalAddresses) {
  const auto reply = ask({.name = "m.example", .type = code(Type::mx)});
  ASSERT_EQ(reply.additional().size(), 1U);
  EXPECT_EQ(reply.additional()[0].owner, "www.example.");
}

// Several MX records may name the same host, in any letter case: its addresses are added once (RFC 2181 5).
TEST_F(GeneralTest, AdditionalAddressesOnce) {
  lines_ = ImageMaker()
               .zone("example")
               .add("www.example", Type::a, test::a_data("192.0.2.80"))
               .add("m.example", Type::mx, test::mx_data(10, "www.example"))
               .add("m.example", Type::mx, test::mx_data(20, "WWW.example"))
               .add("m.example", Type::mx, test::mx_data(30, "www.example"))
               .lines();
  EXPECT_EQ(ask({.name = "m.example", .type = code(Type::mx)}).additional().size(), 1U);
}

// A wildcard also provides addresses for hosts (RFC 4592 4.5), separately for each host, but no glue below a
// cut.
TEST_F(GeneralTest, AdditionalAddressesOfAWildcard) {
  lines_ = ImageMaker()
               .zone("example")
               .add("*.w.example", Type::a, test::a_data("192.0.2.80"))
               .add("m.example", Type::mx, test::mx_data(10, "one.w.example"))
               .add("m.example", Type::mx, test::mx_data(10, "two.w.example"))
               .add("m.example", Type::mx, test::mx_data(20, "one.w.example"))
               .add("d.example", Type::ns, test::wire_name("ns.d.example"))
               .add("*.d.example", Type::a, test::a_data("192.0.2.81"))
               .lines();
  const auto reply = ask({.name = "m.example", .type = code(Type::mx)});
  ASSERT_EQ(reply.additional().size(), 2U);
  EXPECT_EQ(reply.additional()[0].owner, "one.w.example.");
  EXPECT_EQ(reply.additional()[1].owner, "two.w.example.");
  EXPECT_EQ(ask({.name = "d.example"}).additional().size(), 0U);
}

/// A zone with the delegation `d.example` to `count` servers named ns-0, ns-1, ... below `parent`, one
/// address each.
std::vector<image::Line> delegation(int count, const std::string& parent, int others = 0) {
  ImageMaker maker;
  maker.zone("example");
  for (int i = 0; i < others; ++i) {
    const std::string server = "a-" + std::to_string(i) + ".example";
    maker.add("d.example", Type::ns, test::wire_name(server)).add(server, Type::a, test::a_data("192.0.2.1"));
  }
  for (int i = 0; i < count; ++i) {
    const std::string server = "ns-" + std::to_string(i) + "." + parent;
    maker.add("d.example", Type::ns, test::wire_name(server)).add(server, Type::a, test::a_data("192.0.2.1"));
  }
  return maker.lines();
}

// RFC 9471 3.1: a referral without room for all in-domain glue sets TC; over TCP there is room.
TEST_F(GeneralTest, InDomainGlueOrTruncation) {
  lines_ = delegation(17, "d.example");
  const auto full = ask({.name = "x.d.example"});
  EXPECT_TRUE(full.has(flag::tc));
  EXPECT_EQ(full.authority().size(), 17U);
  EXPECT_EQ(kind_, Kind::truncated);
  const auto room = ask({.name = "x.d.example", .edns = test::Edns{.udp_size = 1232}});
  EXPECT_FALSE(room.has(flag::tc));
  EXPECT_EQ(room.additional().size(), 17U);
  EXPECT_EQ(ask({.name = "x.d.example"}, Transport::tcp).additional().size(), 17U);
  lines_ = ImageMaker()
               .zone("example")
               .add("D.example", Type::ns, test::wire_name("d.Example"))
               .add("d.example", Type::a, test::a_data("192.0.2.1"))
               .lines();
  EXPECT_EQ(ask({.name = "x.d.example"}).additional().size(), 1U) << "the cut's own name is in its domain";
}

// RFC 9471 3.2: sibling glue may be omitted without TC.
TEST_F(GeneralTest, SiblingGlueIsLeftOut) {
  lines_ = delegation(20, "example");
  const auto reply = ask({.name = "x.d.example"});
  EXPECT_FALSE(reply.has(flag::tc));
  EXPECT_EQ(reply.authority().size(), 20U);
  EXPECT_GT(reply.additional().size(), 0U);
  EXPECT_LT(reply.additional().size(), 20U);
  EXPECT_EQ(kind_, Kind::referral);
}

// Mandatory glue comes first, regardless of the position of its name server.
TEST_F(GeneralTest, InDomainGlueComesFirst) {
  lines_ = delegation(2, "d.example", 18);
  const auto reply = ask({.name = "x.d.example"});
  EXPECT_FALSE(reply.has(flag::tc));
  ASSERT_GT(reply.additional().size(), 2U);
  EXPECT_EQ(reply.additional()[0].owner, "ns-0.d.example.");
  EXPECT_EQ(reply.additional()[1].owner, "ns-1.d.example.");
  EXPECT_EQ(reply.additional()[2].owner, "a-0.example.");
  EXPECT_LT(reply.additional().size(), 20U);
}

// ANY gets one set, not all (RFC 8482 4.1).
TEST_F(GeneralTest, AnyIsMinimal) {
  const auto reply = ask({.name = "3.2.0.192.in-addr.arpa", .type = code(Type::any)});
  EXPECT_EQ(reply.answer().size(), 1U);
  EXPECT_EQ(ask({.name = "1.2.0.192.in-addr.arpa", .type = code(Type::any)}).answer().size(), 1U);
}

}  // namespace
}  // namespace ptrd::answer
