// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Answers from signed zones.
#include <gtest/gtest.h>

#include "unit/answer/engine_fixture.hpp"
#include "unit/answer/proof_judge.hpp"
#include "unit/answer/random_models.hpp"
#include "unit/stride.hpp"

namespace ptrd::answer {
namespace {

using test::ProofJudge;
using test::ZoneModel;
using wire::Name;

constexpr ZoneModel::Denial kAllDenials[] = {ZoneModel::Denial::nsec, ZoneModel::Denial::nsec3,
                                             ZoneModel::Denial::opt_out};
constexpr uint16_t kRrsig = 46, kNsec = 47, kNsec3 = 50;

class SignedTest : public EngineTest {
 protected:
  void serve(const std::vector<ZoneModel>& zones) {
    ImageMaker maker;
    for (const ZoneModel& zone : zones) zone.put(maker);
    lines_ = maker.lines();
  }
  test::Reply ask_signed(const std::string& name, Type type = Type::ptr,
                         Transport transport = Transport::tcp) {
    return ask({.name = name, .type = code(type), .edns = test::Edns{.dnssec_ok = true}}, transport);
  }
  /// Asks, and expects the proof of the answer.
  test::Reply proven(const ZoneModel& zone, const std::string& name, Type type = Type::ptr) {
    const auto reply = ask_signed(name, type);
    EXPECT_EQ(ProofJudge(zone, test::name(name), code(type), reply).fault(), "") << name;
    return reply;
  }
  static std::vector<std::string> owners(const std::vector<test::Reply::Record>& section, uint16_t type) {
    std::vector<std::string> found;
    for (const auto& record : section) {
      if (record.type == type) found.push_back(record.owner);
    }
    return found;
  }
};

/// A zone with what the classic faults are about.
ZoneModel classic(ZoneModel::Denial denial) {
  ZoneModel zone("2.0.192.in-addr.arpa", denial, "\xAB\xCD", 3);
  zone.ptr("1.2.0.192.in-addr.arpa", "one.example.net")
      .ptr("10.2.0.192.in-addr.arpa", "ten.example.net")
      .ptr("2.2.0.192.in-addr.arpa", "two.example.net")
      .ptr("5.0-63.2.0.192.in-addr.arpa", "five.example.net")  // 0-63 is an ENT
      .delegate("64-127.2.0.192.in-addr.arpa", false)
      .add("ns.64-127.2.0.192.in-addr.arpa", Type::a, test::a_data("203.0.113.5"))
      .ptr("70.64-127.2.0.192.in-addr.arpa", "occluded.example.net")
      .delegate("128-191.2.0.192.in-addr.arpa", true)
      .delegate("a.ent.2.0.192.in-addr.arpa", false)  // ent is an ENT, without a record under opt-out
      .add("d.2.0.192.in-addr.arpa", Type::dname, test::wire_name("elsewhere.example"))
      .ptr("1.d.2.0.192.in-addr.arpa", "occluded.example.net")
      .add("*.w.2.0.192.in-addr.arpa", Type::txt, test::txt_data("wild"))
      .ptr("255.2.0.192.in-addr.arpa", "last.example.net");
  return zone;
}

// Every set with its signatures: answers, the apex, what wildcards make.
TEST_F(SignedTest, Answers) {
  for (const auto denial : kAllDenials) {
    const ZoneModel zone = classic(denial);
    serve({zone});
    const auto hit = proven(zone, "1.2.0.192.in-addr.arpa");
    EXPECT_EQ(owners(hit.answer(), kRrsig).size(), 1U);
    EXPECT_TRUE(hit.authority().empty());
    EXPECT_EQ(proven(zone, "2.0.192.in-addr.arpa", Type::soa).answer().size(), 2U);
    EXPECT_EQ(proven(zone, "2.0.192.in-addr.arpa", Type::ns).answer().size(), 2U);
    EXPECT_EQ(proven(zone, "2.0.192.in-addr.arpa", Type::dnskey).answer().size(), 2U);
    EXPECT_EQ(proven(zone, "1.2.0.192.in-addr.arpa", Type::any).answer().size(), 2U) << "RFC 8482 4.1";
    EXPECT_FALSE(owners(ask_signed("1.2.0.192.in-addr.arpa", Type::rrsig).answer(), kRrsig).empty());
    const auto wild = proven(zone, "x.y.w.2.0.192.in-addr.arpa", Type::txt);
    EXPECT_EQ(wild.answer().size(), 2U);
    EXPECT_EQ(wild.authority().size(), 2U) << "that there is no closer name";
    const auto renamed = proven(zone, "7.d.2.0.192.in-addr.arpa");
    ASSERT_EQ(renamed.answer().size(), 3U) << "a CNAME that a DNAME makes is not signed";
    EXPECT_EQ(renamed.answer()[1].type, kRrsig);
  }
}

// Nothing of it without DO; NSEC records if they are asked for.
TEST_F(SignedTest, WithoutDo) {
  for (const auto denial : kAllDenials) {
    serve({classic(denial)});
    for (const char* name : {"1.2.0.192.in-addr.arpa", "3.2.0.192.in-addr.arpa", "x.w.2.0.192.in-addr.arpa",
                             "1.64-127.2.0.192.in-addr.arpa", "1.128-191.2.0.192.in-addr.arpa"}) {
      const auto reply = ask({.name = name, .edns = test::Edns{}});
      for (const auto& section : reply.sections) {
        for (const uint16_t type : {kRrsig, kNsec, kNsec3, uint16_t{43}})
          EXPECT_TRUE(owners(section, type).empty());
      }
    }
  }
  serve({classic(ZoneModel::Denial::nsec)});
  EXPECT_EQ(ask({.name = "1.2.0.192.in-addr.arpa", .type = kNsec}).answer().size(), 1U);
}

// NXDOMAIN: at both ends of the chain, between octets whose text has another order than their values, and
// with the wildcard that does not exist.
TEST_F(SignedTest, NamesThatDoNotExist) {
  for (const auto denial : kAllDenials) {
    const ZoneModel zone = classic(denial);
    serve({zone});
    for (const char* name :
         {"0.2.0.192.in-addr.arpa", "100.2.0.192.in-addr.arpa", "3.2.0.192.in-addr.arpa",
          "x.1.2.0.192.in-addr.arpa", "zz.2.0.192.in-addr.arpa", "x.5.0-63.2.0.192.in-addr.arpa",
          "6.0-63.2.0.192.in-addr.arpa", "!.2.0.192.in-addr.arpa", "x.y.z.2.0.192.in-addr.arpa",
          "b.ent.2.0.192.in-addr.arpa"})
      EXPECT_EQ(proven(zone, name).rcode, 3U) << name;
  }
  const ZoneModel zone = classic(ZoneModel::Denial::nsec);
  serve({zone});
  const auto first = proven(zone, "!.2.0.192.in-addr.arpa").authority();
  EXPECT_EQ(owners(first, kNsec), std::vector<std::string>{"2.0.192.in-addr.arpa."}) << "one record for both";
  EXPECT_EQ(owners(proven(zone, "11.2.0.192.in-addr.arpa").authority(), kNsec),
            (std::vector<std::string>{"10.2.0.192.in-addr.arpa.", "2.0.192.in-addr.arpa."}));
}

// The classic fault: the record before a name below a cut, or below a DNAME, is that of the cut, which says
// nothing about names below; so these get a referral or a DNAME, and their neighbours' denials come from
// elsewhere. Empty non-terminals exist.
TEST_F(SignedTest, ClassicFaults) {
  for (const auto denial : kAllDenials) {
    const ZoneModel zone = classic(denial);
    serve({zone});
    for (const char* name : {"70.64-127.2.0.192.in-addr.arpa", "71.64-127.2.0.192.in-addr.arpa",
                             "x.ns.64-127.2.0.192.in-addr.arpa", "64-127.2.0.192.in-addr.arpa",
                             "a.ent.2.0.192.in-addr.arpa", "b.a.ent.2.0.192.in-addr.arpa"}) {
      const auto reply = proven(zone, name);
      EXPECT_EQ(kind_, Kind::referral) << name;
      EXPECT_TRUE(owners(reply.authority(), 43).empty());
      EXPECT_FALSE(owners(reply.authority(), kRrsig).empty());
    }
    EXPECT_EQ(owners(proven(zone, "1.128-191.2.0.192.in-addr.arpa").authority(), 43).size(), 1U);
    // The last name in the tree before it is below the cut; the last one of the zone is the cut.
    EXPECT_EQ(proven(zone, "64-128.2.0.192.in-addr.arpa").rcode, 3U);
    EXPECT_EQ(proven(zone, "e.2.0.192.in-addr.arpa").rcode, 3U);
    for (const char* name :
         {"0-63.2.0.192.in-addr.arpa", "w.2.0.192.in-addr.arpa", "ent.2.0.192.in-addr.arpa"}) {
      EXPECT_EQ(proven(zone, name).rcode, 0U) << name;
      EXPECT_EQ(kind_, Kind::nodata) << name;
    }
    for (const char* name : {"1.2.0.192.in-addr.arpa", "d.2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa",
                             "x.w.2.0.192.in-addr.arpa", "*.w.2.0.192.in-addr.arpa"}) {
      EXPECT_TRUE(proven(zone, name, Type::mx).answer().empty()) << name;
      EXPECT_EQ(kind_, Kind::nodata) << name;
    }
  }
  const ZoneModel zone = classic(ZoneModel::Denial::nsec);
  serve({zone});
  EXPECT_EQ(owners(proven(zone, "64-128.2.0.192.in-addr.arpa").authority(), kNsec)[0],
            "64-127.2.0.192.in-addr.arpa.");
  EXPECT_EQ(owners(proven(zone, "e.2.0.192.in-addr.arpa").authority(), kNsec)[0], "d.2.0.192.in-addr.arpa.");
}

// DS is asked of the parent side, with and without the deeper zone in the image, in all combinations.
TEST_F(SignedTest, DelegationSigners) {
  for (const auto upper : kAllDenials) {
    const ZoneModel zone = classic(upper);
    for (const bool with_deeper : {false, true}) {
      std::vector<ZoneModel> zones{zone};
      if (with_deeper) {
        zones.push_back(ZoneModel("64-127.2.0.192.in-addr.arpa", ZoneModel::Denial::none));
        zones.push_back(ZoneModel("128-191.2.0.192.in-addr.arpa", ZoneModel::Denial::nsec));
        zones.back().ptr("130.128-191.2.0.192.in-addr.arpa", "deeper.example.net");
      }
      serve(zones);
      const auto ds = proven(zone, "128-191.2.0.192.in-addr.arpa", Type::ds);
      EXPECT_EQ(ds.answer().size(), 2U);
      EXPECT_TRUE(ds.has(flag::aa));
      EXPECT_TRUE(proven(zone, "64-127.2.0.192.in-addr.arpa", Type::ds).answer().empty());
      EXPECT_EQ(kind_, Kind::nodata);
      EXPECT_TRUE(proven(zone, "2.0.192.in-addr.arpa", Type::ds).answer().empty()) << "no parent here";
      EXPECT_EQ(proven(zone, "129-x.2.0.192.in-addr.arpa").rcode, 3U);
      if (!with_deeper) continue;
      EXPECT_EQ(proven(zones[2], "130.128-191.2.0.192.in-addr.arpa").answer().size(), 2U);
      EXPECT_EQ(proven(zones[2], "131.128-191.2.0.192.in-addr.arpa").rcode, 3U);
      EXPECT_EQ(proven(zones[2], "128-191.2.0.192.in-addr.arpa", Type::soa).answer().size(), 2U);
      EXPECT_EQ(proven(zones[1], "130.64-127.2.0.192.in-addr.arpa").rcode, 3U);
    }
  }
}

// The owners of NSEC3 records do not exist (RFC 5155 7.2.8).
TEST_F(SignedTest, OwnersOfNsec3) {
  const ZoneModel zone = classic(ZoneModel::Denial::nsec3);
  serve({zone});
  const std::string owner = test::base32hex(zone.hashes().begin()->first) + ".2.0.192.in-addr.arpa";
  for (const Type type : {Type::nsec3, Type::ptr, Type::any, Type::rrsig})
    EXPECT_EQ(proven(zone, owner, type).rcode, 3U);
}

// Chains over signed and unsigned zones: each wildcard on the way is proven, what is signed is, and nothing
// is left out.
TEST_F(SignedTest, Chains) {
  ZoneModel upper("example", ZoneModel::Denial::nsec);
  upper.add("*.w.example", Type::cname, test::wire_name("a.plain.test"))
      .add("host.example", Type::a, test::a_data("192.0.2.80"));
  ZoneModel plain("plain.test", ZoneModel::Denial::none);
  plain.add("a.plain.test", Type::cname, test::wire_name("b.hashed.test"));
  ZoneModel hashed("hashed.test", ZoneModel::Denial::nsec3);
  hashed.add("b.hashed.test", Type::cname, test::wire_name("host.example"))
      .add("c.hashed.test", Type::cname, test::wire_name("gone.example"))
      .add("*.v.hashed.test", Type::cname, test::wire_name("1.w.example"));
  serve({upper, plain, hashed});
  const auto chain = ask_signed("x.w.example", Type::a);
  EXPECT_EQ(owners(chain.answer(), 5),
            (std::vector<std::string>{"x.w.example.", "a.plain.test.", "b.hashed.test."}));
  EXPECT_EQ(owners(chain.answer(), kRrsig),
            (std::vector<std::string>{"x.w.example.", "b.hashed.test.", "host.example."}));
  EXPECT_EQ(owners(chain.authority(), kNsec), std::vector<std::string>{"*.w.example."});
  EXPECT_EQ(owners(chain.authority(), kRrsig).size(), 1U);
  const auto gone = ask_signed("c.hashed.test", Type::a);
  EXPECT_EQ(gone.rcode, 3U);
  EXPECT_EQ(owners(gone.authority(), 6), std::vector<std::string>{"example."});
  EXPECT_EQ(owners(gone.authority(), kRrsig).size(), 1U + owners(gone.authority(), kNsec).size());
  const auto two = ask_signed("x.v.hashed.test", Type::a);
  EXPECT_EQ(owners(two.answer(), kRrsig).size(), 4U);
  EXPECT_EQ(owners(two.authority(), kNsec).size(), 1U);
  EXPECT_EQ(owners(two.authority(), kNsec3).size(), 1U);
}

// Whole or TC: at any size, a reply is either that of TCP or truncated.
TEST_F(SignedTest, WholeOrTruncated) {
  for (const auto denial : kAllDenials) {
    serve({classic(denial)});
    for (const char* name : {"1.2.0.192.in-addr.arpa", "3.2.0.192.in-addr.arpa", "x.y.w.2.0.192.in-addr.arpa",
                             "1.64-127.2.0.192.in-addr.arpa", "1.128-191.2.0.192.in-addr.arpa"}) {
      const auto whole = ask_signed(name, Type::txt);
      const size_t size = size_;
      for (uint16_t limit = 512; limit < 1232; ++limit) {
        const auto reply = ask({.name = name,
                                .type = code(Type::txt),
                                .edns = test::Edns{.udp_size = limit, .dnssec_ok = true}});
        ASSERT_EQ(reply.has(flag::tc), size > limit) << name << " in " << limit;
        if (size <= limit) {
          EXPECT_EQ(size_, size);
        }
      }
    }
  }
}

// Addresses of hosts in the additional section come with their signatures, or not at all.
TEST_F(SignedTest, AdditionalAddresses) {
  ZoneModel zone("example", ZoneModel::Denial::nsec);
  for (int i = 0; i < 20; ++i) {
    const std::string host = "host" + std::to_string(i) + ".example";
    zone.add("m.example", Type::mx, test::mx_data(10, host)).add(host, Type::a, test::a_data("192.0.2.80"));
  }
  serve({zone});
  EXPECT_EQ(proven(zone, "m.example", Type::mx).additional().size(), 2U * 20U);
  for (uint16_t limit = 600; limit < 1232; limit = static_cast<uint16_t>(limit + 7)) {
    const auto reply = ask({.name = "m.example",
                            .type = code(Type::mx),
                            .edns = test::Edns{.udp_size = limit, .dnssec_ok = true}});
    EXPECT_FALSE(reply.has(flag::tc));
    EXPECT_EQ(ProofJudge(zone, test::name("m.example"), code(Type::mx), reply).fault(), "") << limit;
  }
}

// Random zones, signed in every way, some inside others: what each answer says is proven, as a validator
// sees it, and the fast paths answer as the general part does.
TEST_F(SignedTest, RandomZones) {
  size_t judged = 0;
  for (unsigned seed = 0; seed < 600; seed += test::stride()) {
    test::RandomModels zones(seed, kAllDenials[seed % 7 % 3]);
    lines_ = zones.lines();
    if (lines_.empty()) continue;
    for (size_t i = 0; i < 60; ++i) {
      const Name name = zones.any_name();
      const std::string text = name.to_text();
      if (text.find('\\') != std::string::npos) continue;  // not in the packet builder's text
      const Type type = std::array{Type::ptr, Type::txt, Type::ds, Type::mx}[i % 4];
      const ZoneModel* zone = nullptr;
      for (const ZoneModel& each : zones.zones()) {
        const bool parent_side = type == Type::ds && name == each.apex() && zone != nullptr;
        if (name.is_below_or_at(each.apex()) && !parent_side &&
            (zone == nullptr || each.apex().is_below_or_at(zone->apex())))
          zone = &each;
      }
      // What is not delegated is not proven.
      bool delegated = true;
      for (const ZoneModel& each : zones.zones())
        delegated = delegated && (&each == &zones.zones()[0] || zones.zones()[0].is_cut(each.apex()));
      if (!delegated) continue;
      const auto reply = ask_signed(text.substr(0, text.size() - 1), type);
      ++judged;
      ASSERT_EQ(ProofJudge(*zone, name, code(type), reply).fault(), "")
          << text << " " << code(type) << " " << kind_name(kind_) << ", seed " << seed;
    }
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
  EXPECT_GT(judged, 10000 / test::stride());
}

}  // namespace
}  // namespace ptrd::answer
