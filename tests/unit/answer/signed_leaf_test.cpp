// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Answers from signed leaves: the same bytes as from Nodes with the same records.
#include <gtest/gtest.h>

#include <cctype>

#include "unit/answer/engine_fixture.hpp"
#include "unit/answer/random_models.hpp"
#include "unit/stride.hpp"

namespace ptrd::answer {
namespace {

using test::ZoneModel;
using wire::Name;

class SignedLeafTest : public EngineTest {
 protected:
  /// Two images that are to give the same replies: with signed leaves and with Nodes.
  void serve(std::vector<image::Line> leaves, std::vector<image::Line> nodes) {
    leaves_ = std::move(leaves);
    nodes_ = std::move(nodes);
  }
  /// The same of one zone.
  void serve(ZoneModel& zone) {
    const auto lines = [&](bool on) {
      ImageMaker maker;
      maker.signed_leaves(on);
      zone.put(maker);
      return maker.lines();
    };
    serve(lines(true), lines(false));
  }
  /// Asks both, through both parts of the engine.
  void compare(const test::Query& query, Transport transport) {
    lines_ = nodes_;
    (void)ask(query, transport);
    const Octets expected(buffer_.begin(), buffer_.begin() + static_cast<ptrdiff_t>(size_));
    lines_ = leaves_;
    (void)ask(query, transport);
    ASSERT_EQ(size_, expected.size()) << query.name << " " << query.type;
    ASSERT_TRUE(std::equal(expected.begin(), expected.end(), buffer_.begin()))
        << query.name << " " << query.type;
    replies_ += buffer_.empty() ? 0 : 1;
  }
  void compare_all(const std::string& name) {
    for (const uint16_t type : std::initializer_list<uint16_t>{12, 46, 47, 255, 16, 43, 1}) {
      for (const bool dnssec_ok : {false, true}) {
        compare({.name = name, .type = type, .edns = test::Edns{.dnssec_ok = dnssec_ok}}, Transport::udp);
        compare({.name = name, .type = type, .edns = test::Edns{.dnssec_ok = dnssec_ok}}, Transport::tcp);
      }
    }
  }
  uint32_t leaf_count() const { return image::View(leaves_).header().leaves; }

  std::vector<image::Line> leaves_;
  std::vector<image::Line> nodes_;
  size_t replies_ = 0;
};

constexpr ZoneModel::Denial kDenials[] = {ZoneModel::Denial::nsec, ZoneModel::Denial::nsec3,
                                          ZoneModel::Denial::opt_out};

// Random zones: every name of a zone, names beside them, every kind of question.
TEST_F(SignedLeafTest, AsNodesInRandomZones) {
  size_t leaves = 0;
  for (unsigned seed = 0; seed < 300; seed += test::stride()) {
    test::RandomModels zones(seed, kDenials[seed % 7 % 3]);
    serve(zones.lines(true), zones.lines(false));
    if (leaves_.empty()) continue;
    leaves += leaf_count();
    for (size_t i = 0; i < 30; ++i) {
      const std::string text = zones.any_name().to_text();
      if (text.find('\\') != std::string::npos) continue;  // not in the packet builder's text
      compare_all(text.substr(0, text.size() - 1));
      ASSERT_FALSE(HasFailure()) << "seed " << seed;
    }
  }
  EXPECT_GT(leaves, 500 / test::stride());
  EXPECT_GT(replies_, 100'000 / test::stride());
}

// A client's limit at each size around those of the reply: whole, or truncated, as from Nodes.
TEST_F(SignedLeafTest, Limits) {
  for (const auto denial : kDenials) {
    ZoneModel zone("2.0.192.in-addr.arpa", denial);
    const std::string label(63, 'x');
    zone.ptr("1.2.0.192.in-addr.arpa", label + "." + label + "." + label + "." + std::string(61, 'y'))
        .ptr("2.2.0.192.in-addr.arpa", "two.example.net");
    serve(zone);
    ASSERT_EQ(leaf_count(), 2U);
    for (uint16_t limit = 512; limit < 900; ++limit) {
      for (const char* name : {"1.2.0.192.in-addr.arpa", "2.2.0.192.in-addr.arpa"})
        compare({.name = name, .edns = test::Edns{.udp_size = limit, .dnssec_ok = true}}, Transport::udp);
    }
  }
}

// Names in any case: the next name of an NSEC has the case that its signature covers (RFC 6840 5.1).
TEST_F(SignedLeafTest, CaseOfNames) {
  ZoneModel zone("8.b.d.0.1.0.0.2.ip6.arpa", ZoneModel::Denial::nsec);
  const std::string owner = wire::name_of_key(*wire::key_of_address("2001:db8::abcd")).to_text();
  const std::string name = owner.substr(0, owner.size() - 1);
  zone.ptr(name, "six.example.net");
  serve(zone);
  ASSERT_EQ(leaf_count(), 1U);
  std::string upper = name;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  compare_all(name);
  compare_all(upper);
  compare_all("x." + upper);
}

// A plain hit with DO stays on the fast path, and so does one without.
TEST_F(SignedLeafTest, FastPath) {
  ZoneModel zone("2.0.192.in-addr.arpa", ZoneModel::Denial::nsec);
  zone.ptr("1.2.0.192.in-addr.arpa", "one.example.net");
  ImageMaker maker;
  zone.put(maker);
  lines_ = maker.lines();
  EXPECT_EQ(path_of("1.2.0.192.in-addr.arpa"), Query::Path::fast4);
  EXPECT_EQ(ask({.name = "1.2.0.192.in-addr.arpa", .edns = test::Edns{}}).answer().size(), 1U);
  const auto reply = ask({.name = "1.2.0.192.in-addr.arpa", .edns = test::Edns{.dnssec_ok = true}});
  ASSERT_EQ(reply.answer().size(), 2U);
  EXPECT_EQ(reply.answer()[1].type, 46);
}

}  // namespace
}  // namespace ptrd::answer
