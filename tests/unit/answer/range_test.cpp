// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/range.hpp"

#include <gtest/gtest.h>

#include "unit/answer/engine_fixture.hpp"

namespace ptrd::answer {
namespace {

namespace op = image::op;
using test::literal;
using test::steps;

/// Both families: a range with everything in it that overrides it.
std::vector<image::Line> range_zones() {
  const std::string dashed = literal("host-") + steps({op::decimal}) + literal("-") +
                             steps({op::decimal + 1}) + literal("-") + steps({op::decimal + 2}) +
                             literal("-") + steps({op::decimal + 3});
  ImageMaker maker;
  maker.zone("10.in-addr.arpa")
      .range("10.0.0.0/8", dashed, "pool.example", 60)
      .range("10.1.2.64/26", literal("dyn") + steps({op::decimal3 + 3}), "dsl.example", 30)
      .ptr("7.2.1.10.in-addr.arpa", "seven.example")
      .add("9.2.1.10.in-addr.arpa", Type::txt, test::txt_data("no PTR"))
      .add("below.11.2.1.10.in-addr.arpa", Type::txt, test::txt_data("below"))
      .add("3.1.10.in-addr.arpa", Type::txt, test::txt_data("on the way"))
      .add("*.4.1.10.in-addr.arpa", Type::ptr, test::wire_name("wild.example"))
      .add("alias.10.in-addr.arpa", Type::cname, test::wire_name("200.9.9.10.in-addr.arpa"))
      .add("5.1.10.in-addr.arpa", Type::ns, test::wire_name("ns.elsewhere.example"))
      .add("6.1.10.in-addr.arpa", Type::dname, test::wire_name("6.2.10.in-addr.arpa"));
  maker.zone("8.1.10.in-addr.arpa").ptr("1.8.1.10.in-addr.arpa", "deeper.example");
  maker.zone("8.b.d.0.1.0.0.2.ip6.arpa")
      .range("2001:db8::/32", literal("ip6-") + steps({op::shortest}), "cust.example", 60)
      .range("2001:db8:8000::/35", steps({op::nibbles}), "far.example", 30)
      .range("2001:db8:1::/48", literal("x") + steps({op::nibble + 31}), "near.example", 30);
  const auto name6 = [](const char* address) {
    return wire::name_of_key(*wire::key_of_address(address)).to_text();
  };
  maker.ptr(name6("2001:db8::1"), "one.example")
      .ptr(name6("2001:db8:1:2::3"), "three.example")
      .ptr(name6("2001:db8:9000::1"), "nine.example")
      .add(name6("2001:db8::2"), Type::txt, test::txt_data("no PTR"))
      .add("5.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", Type::ns, test::wire_name("ns.elsewhere.example"))
      .add("6.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", Type::txt, test::txt_data("on the way"))
      .add("*.7.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", Type::txt, test::txt_data("wild"));
  maker.zone("a.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa").ptr(name6("2001:db8:a::1"), "deeper.example");
  return maker.lines();
}

class RangeTest : public EngineTest {
 protected:
  RangeTest() { lines_ = range_zones(); }
  /// The target of a PTR reply, or another outcome.
  std::string ptr(const std::string& what) {
    const auto key = wire::key_of_address(what);
    const auto reply = ask({.name = key ? wire::name_of_key(*key).to_text() : what});
    if (reply.rcode != 0) return "rcode " + std::to_string(reply.rcode);
    if (reply.answer().empty()) return kind_ == Kind::referral ? "referral" : "nodata";
    return reply.answer().back().target();
  }
  /// Whether the last query was answered without the general part.
  bool is_fast(const char* address) {
    const auto path = path_of(wire::name_of_key(*wire::key_of_address(address)).to_text());
    return path == Query::Path::fast4 || path == Query::Path::fast6;
  }
};

// The largest ranges, of all addresses.
TEST_F(RangeTest, OfAllAddresses) {
  ImageMaker maker;
  maker.zone("arpa")
      .range("0.0.0.0/0", literal("h") + steps({op::decimal + 3}), "four.example", 60)
      .range("::/0", literal("ip6-") + steps({op::shortest}), "six.example", 60)
      .ptr("7.2.1.10.in-addr.arpa", "seven.example")
      .zone("11.in-addr.arpa");
  lines_ = maker.lines();
  EXPECT_EQ(ptr("0.0.0.0"), "h0.four.example.");
  EXPECT_EQ(ptr("10.1.2.7"), "seven.example.");
  EXPECT_EQ(ptr("10.1.2.8"), "h8.four.example.");
  EXPECT_EQ(ptr("255.1.2.254"), "h254.four.example.");
  EXPECT_TRUE(is_fast("255.1.2.254"));
  EXPECT_EQ(ptr("11.1.2.3"), "rcode 3");
  EXPECT_EQ(ptr("192.in-addr.arpa"), "nodata");
  EXPECT_EQ(ptr("2001:db8::1"), "ip6-2001-db8--1.six.example.");
  EXPECT_TRUE(is_fast("2001:db8::1"));
}

// The smallest ranges, down to one address; their neighbours do not exist.
TEST_F(RangeTest, OfFewAddresses) {
  for (int bits = 123; bits <= 128; ++bits) {
    for (const bool beside : {false, true}) {
      ImageMaker maker;
      maker.zone("8.b.d.0.1.0.0.2.ip6.arpa")
          .range("2001:db8::20/" + std::to_string(bits), literal("ip6-") + steps({op::shortest}),
                 "cust.example", 60);
      if (beside) maker.ptr(wire::name_of_key(*wire::key_of_address("2001:db8::40")).to_text(), "x.example");
      lines_ = maker.lines();
      EXPECT_TRUE(image::verify(lines_)) << bits << image::verify(lines_).error();
      EXPECT_EQ(ptr("2001:db8::20"), "ip6-2001-db8--20.cust.example.") << bits;
      EXPECT_EQ(ptr("2001:db8::21"), bits < 128 ? "ip6-2001-db8--21.cust.example." : "rcode 3") << bits;
      EXPECT_EQ(ptr("2001:db8::28"), bits < 125 ? "ip6-2001-db8--28.cust.example." : "rcode 3") << bits;
      EXPECT_EQ(ptr("2001:db8::41"), "rcode 3") << bits;
      EXPECT_EQ(ptr("2001:db9::20"), "rcode 5") << bits;
    }
  }
}

// Every address in a range has a record; the longest range has it.
TEST_F(RangeTest, Synthesised) {
  EXPECT_EQ(ptr("10.200.0.255"), "host-10-200-0-255.pool.example.");
  EXPECT_EQ(ptr("10.1.2.63"), "host-10-1-2-63.pool.example.");
  EXPECT_EQ(ptr("10.1.2.64"), "dyn064.dsl.example.");
  EXPECT_EQ(ptr("10.1.2.127"), "dyn127.dsl.example.");
  EXPECT_EQ(ptr("10.1.2.128"), "host-10-1-2-128.pool.example.");
  EXPECT_EQ(ptr("2001:db8:ffff::"), "ip6-2001-db8-ffff--0.cust.example.");
  EXPECT_EQ(ptr("2001:db8:9fff::5"), "20010db89fff00000000000000000005.far.example.");
  EXPECT_EQ(ptr("2001:db8:a000::5"), "ip6-2001-db8-a000--5.cust.example.");
  EXPECT_EQ(ptr("2001:db8:1:9::5"), "x5.near.example.");
  EXPECT_EQ(ask({.name = "1.1.1.10.in-addr.arpa"}).answer()[0].ttl, 60U);
}

// A name with a record of its own, of any type, is not synthesised; its neighbours are, wherever they differ.
TEST_F(RangeTest, ExactNamesWin) {
  EXPECT_EQ(ptr("10.1.2.7"), "seven.example.");
  EXPECT_EQ(ptr("10.1.2.8"), "host-10-1-2-8.pool.example.");
  EXPECT_EQ(ptr("10.1.2.9"), "nodata");
  EXPECT_EQ(ptr("10.1.2.11"), "nodata");
  EXPECT_EQ(ptr("2001:db8::1"), "one.example.");
  EXPECT_EQ(ptr("2001:db8::2"), "nodata");
  EXPECT_EQ(ptr("2001:db8::3"), "ip6-2001-db8--3.cust.example.");
  EXPECT_EQ(ptr("2001:db8:0:1::1"), "ip6-2001-db8-0-1--1.cust.example.");
  EXPECT_EQ(ptr("2001:db8:1:2::3"), "three.example.");
  EXPECT_EQ(ptr("2001:db8:1:2::13"), "x3.near.example.");
  EXPECT_EQ(ptr("2001:db8:9000::1"), "nine.example.");
  EXPECT_EQ(ptr("2001:db8:9000:1::1"), "20010db8900000010000000000000001.far.example.");
}

// The names of a range exist: NODATA for other types and for names on the path, NXDOMAIN for names below.
TEST_F(RangeTest, NamesExist) {
  EXPECT_TRUE(ask({.name = "1.1.1.10.in-addr.arpa", .type = code(Type::txt)}).answer().empty());
  EXPECT_EQ(kind_, Kind::nodata);
  EXPECT_EQ(ask({.name = "1.1.1.10.in-addr.arpa", .type = code(Type::any)}).answer().size(), 1U);
  EXPECT_EQ(ptr("77.10.in-addr.arpa"), "nodata");
  EXPECT_EQ(ptr("1.77.10.in-addr.arpa"), "nodata");
  EXPECT_EQ(ptr("5.4.3.2.1.10.in-addr.arpa"), "rcode 3");
  EXPECT_EQ(ptr("x.3.2.1.10.in-addr.arpa"), "rcode 3");
  EXPECT_EQ(ptr("007.3.2.10.in-addr.arpa"), "rcode 3");
  EXPECT_EQ(ptr("x.77.10.in-addr.arpa"), "rcode 3");
  EXPECT_EQ(ptr("f.f.f.8.b.d.0.1.0.0.2.ip6.arpa"), "nodata");
  EXPECT_EQ(ptr("g.f.f.8.b.d.0.1.0.0.2.ip6.arpa"), "rcode 3");
  const auto address = wire::name_of_key(*wire::key_of_address("2001:db8:7777::")).to_text();
  EXPECT_TRUE(ask({.name = address, .type = code(Type::txt)}).answer().empty());
  EXPECT_EQ(kind_, Kind::nodata);
  EXPECT_EQ(ptr("0." + address), "rcode 3");
}

// A name on the path that has records keeps them, and the range continues below it; a wildcard does not
// override it.
TEST_F(RangeTest, NamesOnTheWay) {
  EXPECT_EQ(ask({.name = "3.1.10.in-addr.arpa", .type = code(Type::txt)}).answer().size(), 1U);
  EXPECT_EQ(ptr("10.1.3.5"), "host-10-1-3-5.pool.example.");
  EXPECT_EQ(ptr("10.1.4.5"), "host-10-1-4-5.pool.example.");
  EXPECT_EQ(ptr("x.4.1.10.in-addr.arpa"), "wild.example.");
  EXPECT_EQ(ptr("2001:db8:6::5"), "ip6-2001-db8-6--5.cust.example.");
  EXPECT_EQ(ptr("2001:db8:7::5"), "ip6-2001-db8-7--5.cust.example.");
  EXPECT_EQ(ask({.name = "x.7.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", .type = code(Type::txt)}).answer().size(), 1U);
}

// Nothing is synthesised below a cut, a DNAME, or in a deeper zone, which has its own data.
TEST_F(RangeTest, CutsEndIt) {
  EXPECT_EQ(ptr("10.1.5.5"), "referral");
  EXPECT_EQ(ptr("2001:db8:5::5"), "referral");
  EXPECT_EQ(ptr("10.1.6.5"), "host-10-2-6-5.pool.example.");
  EXPECT_EQ(ptr("10.1.8.1"), "deeper.example.");
  EXPECT_EQ(ptr("10.1.8.2"), "rcode 3");
  EXPECT_EQ(ptr("2001:db8:a::1"), "deeper.example.");
  EXPECT_EQ(ptr("2001:db8:a::2"), "rcode 3");
}

// An alias may lead into a range: the target is made from the name that the alias points to.
TEST_F(RangeTest, BehindAnAlias) {
  EXPECT_EQ(ptr("alias.10.in-addr.arpa"), "host-10-9-9-200.pool.example.");
}

// Plain hits do not need the general part, whether or not there is something else next to them.
TEST_F(RangeTest, FastPath) {
  for (const char* address : {"10.200.0.255", "10.1.2.64", "10.1.2.8", "2001:db8:ffff::", "2001:db8:9fff::5",
                              "2001:db8:1:9::5", "2001:db8:1:2::13"})
    EXPECT_TRUE(is_fast(address)) << address;
  for (const char* address : {"10.1.2.9", "10.1.5.5", "10.1.8.2", "2001:db8:5::5", "2001:db9::1"})
    EXPECT_FALSE(is_fast(address)) << address;
}

}  // namespace
}  // namespace ptrd::answer
