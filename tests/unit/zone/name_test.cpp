// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/name.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

#include "zone/check/data.hpp"
#include "zone/reading.hpp"

namespace ptrd::zone::test {
namespace {

using wire::Bytes;
using wire::Name;

Name name(std::string_view text) {
  return Name::from_text(text).value();
}

/// A name of any length, its labels made of octets that matter to one check or another.
Name any_name() {
  const auto octet = rc::gen::weightedOneOf<uint8_t>(
      {{20, rc::gen::inRange<uint8_t>('a', 'f')},
       {4, rc::gen::element<uint8_t>('A', 'E', 'z', 'Z', '0', '9', '1')},
       {1, rc::gen::element<uint8_t>('-', '_', '.', '*', '/', '@', '[', '`', '{', ':', 0, 1, 2, 0x7F, 0x80,
                                     0xC1, 0xFF)}});
  Name out = *rc::gen::element(name("."), name("arpa."), name("Example.ARPA."), name("example.net."));
  const int labels = *rc::gen::inRange(0, 12);
  for (int i = 0; i < labels; ++i) {
    const auto size = *rc::gen::weightedOneOf<size_t>(
        {{9, rc::gen::inRange<size_t>(1, 12)}, {1, rc::gen::inRange<size_t>(40, 64)}});
    const auto label = *rc::gen::container<std::vector<uint8_t>>(size, octet);
    if (!out.prepend(label)) break;
  }
  return out;
}

/// The name with the case of its letters changed at random.
Name other_case(const Name& before) {
  std::vector<uint8_t> bytes(before.bytes().begin(), before.bytes().end());
  for (uint8_t& c : bytes) {
    const uint8_t low = wire::lower(c);
    if (low >= 'a' && low <= 'z' && *rc::gen::arbitrary<bool>()) c ^= 0x20;
  }
  return Name::from_wire(bytes).value();
}

// The fast check of a target gives the same result as the slow functions, for names of every length.
TEST(CheckName, LooksAsTheSlowFunctionsDo) {
  EXPECT_TRUE(rc::check([] {
    const Name n = any_name();
    const auto look = look_at(n.bytes());
    RC_ASSERT(look.has_value());
    const wire::Labels labels(n.bytes());
    const Bytes last = labels.count == 0 ? Bytes() : labels.label(n.bytes(), labels.count - 1U);
    RC_ASSERT(look->numeric == (!last.empty() && last[0] >= '0' && last[0] <= '9'));
    RC_ASSERT(look->arpa == n.is_below_or_at(name("arpa.")));
    if (!look->numeric) RC_ASSERT(look->host_name == !host_name_fault(n.bytes()).has_value());
    if (reverse_tree(n.bytes())) RC_ASSERT(look->arpa);
  }));
}

// Names have the same hash when they differ in the case of letters only (RFC 4343), else another.
TEST(CheckName, HashesWithoutRegardToCase) {
  EXPECT_TRUE(rc::check([] {
    const Name a = any_name();
    RC_ASSERT(look_at(other_case(a).bytes())->hash == look_at(a.bytes())->hash);
    const Name b = any_name();
    RC_ASSERT((look_at(a.bytes())->hash == look_at(b.bytes())->hash) == (a == b));
  }));
  EXPECT_NE(look_at(name("ab.c.").bytes())->hash, look_at(name("a.bc.").bytes())->hash);
  EXPECT_NE(look_at(name("[").bytes())->hash, look_at(name("{").bytes())->hash);
}

// Bytes that are not exactly one whole name are recognized.
TEST(CheckName, LooksAtWholeNamesOnly) {
  EXPECT_TRUE(rc::check([] {
    const Name n = any_name();
    std::vector<uint8_t> bytes(n.bytes().begin(), n.bytes().end());
    if (*rc::gen::arbitrary<bool>()) bytes.resize(*rc::gen::inRange<size_t>(0, 300));
    if (!bytes.empty()) bytes[*rc::gen::inRange<size_t>(0, bytes.size())] = *rc::gen::arbitrary<uint8_t>();
    // A copy of exactly that size, so that a read past its end is detected.
    const std::vector<uint8_t> exact(bytes);
    RC_ASSERT(look_at(exact).has_value() == wire::is_plain_name(exact));
  }));
}

// Sort keys order as names do (RFC 4034 6.1), keys of names below a name start with its key, and names can be
// restored from keys.
TEST(CheckName, SortsCanonically) {
  EXPECT_TRUE(rc::check([] {
    const Name a = any_name();
    const Name b = any_name();
    const std::string key = sort_key(a.bytes());
    RC_ASSERT((key < sort_key(b.bytes())) == (a.canonical_compare(b) < 0));
    RC_ASSERT(key.starts_with(sort_key(b.bytes())) == a.is_below_or_at(b));
    RC_ASSERT(std::ranges::equal(name_of_sort_key(key).bytes(), a.lowered().bytes()));
    if (!a.is_root()) RC_ASSERT(parent_key(key) == sort_key(a.parent().bytes()));
  }));
}

// The address that a sort key is the name of is that of the name.
TEST(CheckName, FindsTheAddressOfASortKey) {
  const std::string nibbles = "b.a.9.8.7.6.5.4.3.2.1.0.f.e.d.c.b.a.9.8.7.6.5.4.8.b.d.0.1.0.0.2.IP6.arpa.";
  size_t addresses = 0;
  for (const std::string& text : {
           std::string("in-addr.arpa."),
           std::string("192.in-addr.arpa."),
           std::string("1.2.0.192.IN-ADDR.ARPA."),
           std::string("255.254.10.100.in-addr.arpa."),
           std::string("01.2.0.192.in-addr.arpa."),
           std::string("5.1.2.0.192.in-addr.arpa."),
           std::string("256.0.10.in-addr.arpa."),
           std::string("*.0.10.in-addr.arpa."),
           std::string("ip6.arpa."),
           std::string("8.B.D.0.1.0.0.2.ip6.arpa."),
           nibbles,
           "0." + nibbles,
           std::string("10.8.ip6.arpa."),
           std::string("g.8.ip6.arpa."),
           std::string("example.net."),
           std::string("arpa."),
           std::string("1.in-addr.arpa.example."),
           std::string("."),
       }) {
    const auto address = address_of_sort_key(sort_key(name(text.c_str()).bytes()));
    EXPECT_EQ(address, wire::key_of_name(name(text.c_str()))) << text;
    addresses += address ? 1 : 0;
  }
  EXPECT_EQ(addresses, 7U);
}

// An address in place of a name is recognized, with or without the origin after it; reverse and generic names
// are not.
TEST(CheckName, TellsAddressesFromNames) {
  const Name v4 = name("2.0.192.in-addr.arpa.");
  const Name v6 = name("8.b.d.0.1.0.0.2.ip6.arpa.");
  const Name forward = name("example.net.");
  const auto literal = [](const char* text, const Name& apex) {
    return is_address_literal(name(text).bytes(), apex);
  };
  EXPECT_TRUE(literal("192.0.2.1.", v4));
  EXPECT_TRUE(literal("192.0.2.1.", forward));
  EXPECT_TRUE(literal("192.0.2.1.2.0.192.in-addr.arpa.", v4));
  EXPECT_TRUE(literal("192.0.2.1.9.2.0.192.in-addr.arpa.", v4));  // below another $ORIGIN
  EXPECT_TRUE(literal("192.0.2.1.8.b.d.0.1.0.0.2.ip6.arpa.", v6));
  EXPECT_TRUE(literal("192.0.2.1.example.net.", forward));
  EXPECT_TRUE(literal("2001:db8::1.", v6));
  EXPECT_TRUE(literal("2001:db8::1.8.b.d.0.1.0.0.2.ip6.arpa.", v6));
  EXPECT_FALSE(literal(".", v4));
  EXPECT_FALSE(literal("1.2.0.192.in-addr.arpa.", v4));
  EXPECT_FALSE(literal("1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.", v6));
  EXPECT_FALSE(literal("192.0.2.1.dsl.example.net.", v4));
  EXPECT_FALSE(literal("192.0.2.1.dsl.example.net.", forward));
  EXPECT_FALSE(literal("1.2.3.example.net.", forward));
  EXPECT_FALSE(literal("2001:db8.example.net.", forward));
  EXPECT_FALSE(literal("1000.2.3.4.", v4));
}

// The reason why a name is not a host name includes the label (RFC 952, RFC 1123 2.1).
TEST(CheckName, SaysWhatIsWrongWithAHostName) {
  const auto fault = [](const char* text) { return host_name_fault(name(text).bytes()).value_or(""); };
  EXPECT_EQ(fault("a-1.0b.example.NET."), "");
  EXPECT_EQ(fault("."), "it is the root");
  EXPECT_EQ(fault("a.b_c.net."), "label 'b_c' contains '_'");
  EXPECT_EQ(fault("a.b\\000.net."), "label 'b\\000' contains '\\000'");
  EXPECT_EQ(fault("-a.net."), "label '-a' starts with a hyphen");
  EXPECT_EQ(fault("a-.net."), "label 'a-' ends with a hyphen");
  EXPECT_EQ(fault("a.123."), "its last label is a number");
}

// A position maps back to its file and line, even if files alternate or come twice in a row.
TEST(CheckPlaces, LeadBackToFileAndLine) {
  Places places;
  std::vector<std::tuple<uint32_t, std::string, uint64_t>> marks;
  const auto mark = [&](const std::string& file, uint64_t line) {
    marks.emplace_back(places.mark(file, line), file, line);
  };
  mark("a", 3);
  mark("a", 3);
  mark("b", 1);
  mark("b", 900);
  mark("a", 5);
  mark("b", 2);
  mark("b", 1);  // included once more
  mark("a", 6);
  for (const auto& [place, file, line] : marks) {
    EXPECT_EQ(places.find(place).file, file);
    EXPECT_EQ(places.find(place).line, line);
  }
  EXPECT_TRUE(std::is_sorted(marks.begin(), marks.end(),
                             [](const auto& a, const auto& b) { return std::get<0>(a) < std::get<0>(b); }));
}

// The addresses below a key are those from its first to its last, in both families.
TEST(CheckPlain, FindsRanges) {
  PlainPtrs<Address4> v4(name("in-addr.arpa."));
  for (const uint32_t a : {0xFFFFFFFFU, 0xC0000201U, 0xC0000200U, 0xC00002FFU, 0xC0000300U, 0U})
    v4.add({a, 1, 0, 0});
  EXPECT_FALSE(v4.may_repeat() && v4.sorted());
  v4.sort();
  const auto count4 = [&](const char* text) {
    const auto range = v4.within(*wire::key_of_name(name(text)));
    return range.end - range.begin;
  };
  EXPECT_EQ(count4("in-addr.arpa."), 6U);
  EXPECT_EQ(count4("192.in-addr.arpa."), 4U);
  EXPECT_EQ(count4("2.0.192.in-addr.arpa."), 3U);
  EXPECT_EQ(count4("1.2.0.192.in-addr.arpa."), 1U);
  EXPECT_EQ(count4("255.255.255.255.in-addr.arpa."), 1U);
  EXPECT_EQ(count4("10.in-addr.arpa."), 0U);

  PlainPtrs<Address6> v6(name("ip6.arpa."));
  for (const uint64_t low : {0ULL, 1ULL, ~0ULL}) v6.add({{0x20010DB800000000ULL, low}, 1, 0, 0});
  const auto count6 = [&](const char* text) {
    const auto range = v6.within(*wire::key_of_name(name(text)));
    return range.end - range.begin;
  };
  EXPECT_EQ(count6("ip6.arpa."), 3U);
  EXPECT_EQ(count6("8.b.d.0.1.0.0.2.ip6.arpa."), 3U);
  EXPECT_EQ(count6("f.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."), 1U);
  EXPECT_EQ(count6("9.b.d.0.1.0.0.2.ip6.arpa."), 0U);
}

// A zone covers the addresses below its apex: none below a name of RFC 2317, all of them below the root.
TEST(CheckPlain, KnowsTheZonesAddresses) {
  const auto covers = [](const char* apex, uint32_t address) {
    return PlainPtrs<Address4>(name(apex)).covers(address);
  };
  EXPECT_TRUE(covers("2.0.192.in-addr.arpa.", 0xC00002FF));
  EXPECT_FALSE(covers("2.0.192.in-addr.arpa.", 0xC0000300));
  EXPECT_TRUE(covers("in-addr.arpa.", 0xFFFFFFFF));
  EXPECT_TRUE(covers(".", 0));
  EXPECT_FALSE(covers("0-63.2.0.192.in-addr.arpa.", 0xC0000201));
  EXPECT_FALSE(covers("8.b.d.0.1.0.0.2.ip6.arpa.", 0));
  EXPECT_TRUE(PlainPtrs<Address6>(name("arpa.")).covers({1, 0}));
}

// A duplicate address is never missed, in any order; without duplicates no sort is needed.
TEST(CheckPlain, KnowsWhetherAddressesRepeat) {
  PlainPtrs<Address4> records(name("in-addr.arpa."));
  for (const uint32_t a : {5U, 9U, 7U, 100U}) records.add({a, 1, 0, 0});
  EXPECT_FALSE(records.may_repeat());
  records.add({7, 2, 0, 0});
  EXPECT_TRUE(records.may_repeat());
}

// TTLs keep their numbers; when there are too many, the rest share one.
TEST(CheckPlain, NumbersTtls) {
  TtlNumbers ttls;
  for (uint32_t ttl = 0; ttl < TtlNumbers::kMany; ++ttl) ASSERT_EQ(ttls.number(ttl * 7), ttl);
  EXPECT_EQ(ttls.number(1), TtlNumbers::kMany);
  EXPECT_EQ(ttls.number(2), TtlNumbers::kMany);
  EXPECT_EQ(ttls.ttl(ttls.number(7)), 7U);
}

}  // namespace
}  // namespace ptrd::zone::test
