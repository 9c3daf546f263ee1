// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/boundaries.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace ptrd::rdns {
namespace {

Prefix prefix(std::string_view text) {
  return prefix_of_text(text).value();
}
std::vector<std::string> names(std::string_view text, Classless style = Classless::dash) {
  std::vector<std::string> out;
  for (const auto& zone : zones_of(prefix(text), style)) out.push_back(zone.name.to_text());
  return out;
}
wire::Name name(std::string_view text) {
  return wire::Name::from_text(text).value();
}
using Names = std::vector<std::string>;

/// A prefix of either family, of any length.
rc::Gen<Prefix> any_prefix() {
  return rc::gen::map(rc::gen::tuple(rc::gen::arbitrary<bool>(), rc::gen::arbitrary<uint64_t>(),
                                     rc::gen::arbitrary<uint64_t>(), rc::gen::inRange<unsigned>(0, 129)),
                      [](const std::tuple<bool, uint64_t, uint64_t, unsigned>& parts) {
                        const auto [v4, high, low, any] = parts;
                        const wire::Family family = v4 ? wire::Family::v4 : wire::Family::v6;
                        const unsigned bits = address_bits(family);
                        const unsigned length = any % (bits + 1);
                        Address first = (Address{high} << 64 | low) >> (128 - bits);
                        first = length == 0 ? 0 : first >> (bits - length) << (bits - length);
                        return Prefix{family, static_cast<uint8_t>(length), first};
                      });
}

// The examples that the registries give: /22 is four /24 zones, a /33 of IPv6 eight /36 zones.
TEST(Zones, RegistriesExamples) {
  EXPECT_EQ(names("196.1.0.0/22"), (Names{"0.1.196.in-addr.arpa.", "1.1.196.in-addr.arpa.",
                                          "2.1.196.in-addr.arpa.", "3.1.196.in-addr.arpa."}));
  EXPECT_EQ(names("196.1.0.0/24"), Names{"0.1.196.in-addr.arpa."});
  EXPECT_EQ(names("196.0.0.0/8"), Names{"196.in-addr.arpa."});
  const Names eight = names("2001:db8:8000::/33");
  ASSERT_EQ(eight.size(), 8U);
  EXPECT_EQ(eight.front(), "8.8.b.d.0.1.0.0.2.ip6.arpa.");
  EXPECT_EQ(eight.back(), "f.8.b.d.0.1.0.0.2.ip6.arpa.");
  EXPECT_EQ(names("0.0.0.0/0"), Names{"in-addr.arpa."});
  EXPECT_EQ(names("::/0"), Names{"ip6.arpa."});
  EXPECT_EQ(names("128.0.0.0/1").size(), 128U);
}

// Beyond /24 in each way to write it (RFC 2317 4, RFC 4183 2), one address included.
TEST(Zones, Classless) {
  EXPECT_EQ(names("192.0.2.64/26"), Names{"64-127.2.0.192.in-addr.arpa."});
  EXPECT_EQ(names("192.0.2.64/26", Classless::slash), Names{"64/26.2.0.192.in-addr.arpa."});
  EXPECT_EQ(names("192.0.2.64/26", Classless::rfc4183), Names{"64-26.2.0.192.in-addr.arpa."});
  EXPECT_EQ(names("192.0.2.1/32"), Names{"1-1.2.0.192.in-addr.arpa."});
  EXPECT_EQ(cname_target(name("64-127.2.0.192.in-addr.arpa"), 0xC0000241).to_text(),
            "65.64-127.2.0.192.in-addr.arpa.");
}

// The zones of any prefix, in any style, cover exactly it: in order, without a gap, none twice; and back
// again.
RC_GTEST_PROP(ZonesProperty, CoverExactlyThePrefix, ()) {
  const Prefix wanted = *any_prefix();
  const auto style = *rc::gen::element(Classless::dash, Classless::slash, Classless::rfc4183);
  const auto zones = zones_of(wanted, style);
  RC_ASSERT(!zones.empty());
  RC_ASSERT(zones.front().range.first == wanted.range().first);
  RC_ASSERT(zones.back().range.last == wanted.range().last);
  std::vector<Range> ranges;
  for (size_t i = 0; i < zones.size(); ++i) {
    if (i > 0) RC_ASSERT(zones[i].range.first == zones[i - 1].range.last + 1);
    const auto range = range_of_name(zones[i].name, style);
    RC_ASSERT(range.has_value());
    RC_ASSERT(*range == zones[i].range);
    ranges.push_back(*range);
  }
  RC_ASSERT(prefixes_of(ranges) == std::vector<Prefix>{wanted});
}

std::vector<std::string> names_of_range(std::string_view text, Classless style = Classless::dash) {
  std::vector<std::string> out;
  for (const auto& zone : zones_of(range_of_text(text).value(), style)) out.push_back(zone.name.to_text());
  return out;
}

// A range as registries write it: whole zones where it has them, and the parts of a /24 at its ends.
TEST(Zones, OfRanges) {
  EXPECT_EQ(names_of_range("192.0.2.0 - 192.0.3.255"),
            (Names{"2.0.192.in-addr.arpa.", "3.0.192.in-addr.arpa."}));
  EXPECT_EQ(names_of_range("192.0.2.0-192.0.4.255"),
            (Names{"2.0.192.in-addr.arpa.", "3.0.192.in-addr.arpa.", "4.0.192.in-addr.arpa."}));
  EXPECT_EQ(names_of_range("192.0.2.5 - 192.0.4.63"),
            (Names{"5-255.2.0.192.in-addr.arpa.", "3.0.192.in-addr.arpa.", "0-63.4.0.192.in-addr.arpa."}))
      << "a dash may name any part of a /24";
  EXPECT_EQ(names_of_range("192.0.2.5 - 192.0.2.9", Classless::slash),
            (Names{"5/32.2.0.192.in-addr.arpa.", "6/31.2.0.192.in-addr.arpa.", "8/31.2.0.192.in-addr.arpa."}))
      << "the other forms name prefixes";
  EXPECT_EQ(names_of_range("192.0.2.248 - 192.0.3.7"),
            (Names{"248-255.2.0.192.in-addr.arpa.", "0-7.3.0.192.in-addr.arpa."}))
      << "parts of two /24 are two zones";
  EXPECT_EQ(names_of_range("9.255.0.0 - 11.0.255.255"),
            (Names{"255.9.in-addr.arpa.", "10.in-addr.arpa.", "0.11.in-addr.arpa."}));
  EXPECT_EQ(names_of_range("0.0.0.0 - 255.255.255.255"), Names{"in-addr.arpa."});
  EXPECT_EQ(names_of_range("2001:db8:: - 2001:db8:1:ffff:ffff:ffff:ffff:ffff"),
            (Names{"0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.", "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."}));
  EXPECT_EQ(names_of_range("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), Names{"ip6.arpa."});
}

// The zones of any range, in any style, cover exactly it: in order, without a gap, none twice, no two that
// one zone could replace; and they are few.
RC_GTEST_PROP(ZonesProperty, CoverExactlyTheRange, ()) {
  const bool v4 = *rc::gen::arbitrary<bool>();
  const wire::Family family = v4 ? wire::Family::v4 : wire::Family::v6;
  // Bits in common make ranges of all sizes.
  const unsigned common = *rc::gen::inRange<unsigned>(0, address_bits(family) + 1);
  const auto any = [&] {
    const Address number = Address{*rc::gen::arbitrary<uint64_t>()} << 64 | *rc::gen::arbitrary<uint64_t>();
    return common == address_bits(family) ? 0 : number >> (128 - address_bits(family) + common);
  };
  const Address a = any();
  const Address b = any();
  const Range wanted{family, std::min(a, b), std::max(a, b)};
  const auto style = *rc::gen::element(Classless::dash, Classless::slash, Classless::rfc4183);
  const auto zones = zones_of(wanted, style);
  RC_ASSERT(!zones.empty() && zones.size() <= kMaxZones);
  std::vector<Range> ranges;
  Address next = wanted.first;
  for (const DelegatedZone& zone : zones) {
    RC_ASSERT(zone.range.first == next);
    next = zone.range.last + 1;
    RC_ASSERT(range_of_name(zone.name, style).value() == zone.range);
    RC_ASSERT(zone.classless == (v4 && zone.range.last - zone.range.first < 255));
    ranges.push_back(zone.range);
  }
  RC_ASSERT(ranges.back().last == wanted.last);
  RC_ASSERT(prefixes_of(ranges) == prefixes_of(wanted));
}

// The range with the most zones of each family stays within the documented number.
TEST(Zones, MostOfARange) {
  EXPECT_LE(zones_of(range_of_text("0.0.0.1 - 255.255.255.254").value(), Classless::slash).size(), kMaxZones);
  EXPECT_LE(zones_of(range_of_text("::1 - ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe").value()).size(),
            kMaxZones);
}

// The same for every prefix length of one address of each family, so that all are covered.
TEST(Zones, EveryLengthThereAndBack) {
  for (const char* address :
       {"255.255.255.255", "0.0.0.0", "196.1.2.77", "2001:db8:1234:5678:9abc:def0:1234:5678", "::"}) {
    const Prefix whole = prefix(address);
    for (unsigned length = 0; length <= whole.length; ++length) {
      const unsigned rest = whole.length - length;
      const Address first = rest >= address_bits(whole.family) ? 0 : whole.first >> rest << rest;
      const Prefix wanted{whole.family, static_cast<uint8_t>(length), first};
      std::vector<Range> ranges;
      for (const auto& zone : zones_of(wanted)) ranges.push_back(range_of_name(zone.name).value());
      EXPECT_EQ(prefixes_of(ranges), std::vector<Prefix>{wanted}) << to_text(wanted);
    }
  }
}

// Any range falls into prefixes that are exactly it, and no fewer would do (none joins its neighbour).
RC_GTEST_PROP(PrefixesProperty, RangeIsExact, (uint32_t a, uint32_t b)) {
  const Range range{wire::Family::v4, std::min(a, b), std::max(a, b)};
  Address next = range.first;
  std::optional<Prefix> before;
  for (const Prefix& p : prefixes_of(range)) {
    RC_ASSERT(p.range().first == next);
    next = p.range().last + 1;
    if (before)
      RC_ASSERT(!(before->length == p.length && (before->first ^ p.first) == Address{1} << (32 - p.length)));
    before = p;
  }
  RC_ASSERT(next == range.last + 1);
}

// Zones that touch or overlap come out as the fewest prefixes, of both families.
TEST(Prefixes, AreMerged) {
  std::vector<Range> ranges;
  for (const char* zone : {"1.1.196.in-addr.arpa", "0.1.196.in-addr.arpa", "0-63.2.0.192.in-addr.arpa",
                           "9.8.ip6.arpa", "8.ip6.arpa"})
    ranges.push_back(range_of_name(name(zone)).value());
  std::vector<std::string> texts;
  for (const Prefix& p : prefixes_of(ranges)) texts.push_back(to_text(p));
  EXPECT_EQ(texts, (std::vector<std::string>{"192.0.2.0/26", "196.1.0.0/23", "8000::/4"}));
}

// An invalid prefix is rejected with the reason; for host bits the correct prefix is shown.
TEST(PrefixOfText, Refuses) {
  for (const char* text :
       {"", "/", "1.2.3.0/33", "1.2.3.0/-1", "1.2.3.0/", "1.2.3.0/8x", "1.2.3/24", "::/129", "x/8"})
    EXPECT_FALSE(prefix_of_text(text)) << text;
  EXPECT_NE(prefix_of_text("196.1.2.3/22").error().find("196.1.0.0/22"), std::string::npos);
}

// Prefixes, addresses and ranges, with any blanks; what is wrong with others is said.
TEST(RangeOfText, Forms) {
  const auto text = [](std::string_view one) { return to_text(range_of_text(one).value()); };
  EXPECT_EQ(text("192.0.2.0/24"), "192.0.2.0/24");
  EXPECT_EQ(text(" 192.0.2.1 "), "192.0.2.1/32");
  for (const char* one : {"192.0.2.0-192.0.3.255", "192.0.2.0 - 192.0.3.255", "\t192.0.2.0  -192.0.3.255\t"})
    EXPECT_EQ(text(one), "192.0.2.0/23") << one;
  EXPECT_EQ(text("192.0.2.9 - 192.0.2.9"), "192.0.2.9/32");
  EXPECT_EQ(text("2001:db8::-2001:db8::1:0"), "2001:db8:: - 2001:db8::1:0");
  for (const auto& [one, said] : std::vector<std::pair<const char*, const char*>>{
           {"", "is not a prefix"},
           {"192.0.2.1/24", "host bits"},
           {"192.0.3.0 - 192.0.2.255", "ends before it begins"},
           {"192.0.2.0 -", "'' is not an address"},
           {"- 192.0.2.0", "'' is not an address"},
           {"192.0.2.0/25 - 192.0.2.255", "'192.0.2.0/25' is not an address"},
           {"192.0.2.0 - 192.0.2.9 - 192.0.2.11", "'192.0.2.9 - 192.0.2.11' is not an address"},
           {"192.0.2.0 - 2001:db8::", "both IPv4 or both IPv6"},
           {"192.0.2.0 - x", "'x' is not an address"}}) {
    const auto range = range_of_text(one);
    ASSERT_FALSE(range) << one;
    EXPECT_NE(range.error().find(said), std::string::npos) << range.error();
  }
}

// On a command line a range may be one word or several; prefixes and ranges may follow one another.
TEST(RangesOfWords, OneWordOrThree) {
  using Words = std::vector<std::string>;
  const auto texts = [](const Words& words) {
    Words out;
    const std::vector<Range> ranges = ranges_of_words(words).value();
    for (const Range& range : ranges) out.push_back(to_text(range));
    return out;
  };
  for (const Words& words : {Words{"192.0.2.0-192.0.3.255"}, Words{"192.0.2.0 - 192.0.3.255"},
                             Words{"192.0.2.0", "-", "192.0.3.255"}, Words{"192.0.2.0-", "192.0.3.255"},
                             Words{"192.0.2.0", "-192.0.3.255"}})
    EXPECT_EQ(texts(words), Words{"192.0.2.0/23"}) << words.front();
  EXPECT_EQ(texts({"10.0.0.0/8", "192.0.2.0", "-", "192.0.2.9", "::/0", "192.0.2.1"}),
            (Words{"10.0.0.0/8", "192.0.2.0 - 192.0.2.9", "::/0", "192.0.2.1/32"}));
  for (const Words& words : {Words{"-"}, Words{"192.0.2.0", "-"}, Words{"-", "192.0.2.0"}, Words{""}, Words{},
                             Words{"192.0.2.0", "-", "-", "192.0.2.9"}})
    EXPECT_FALSE(ranges_of_words(words)) << words.size();
}

// Labels that are not octets, invalid ranges, trees that do not exist: no addresses. The seed document's
// own slips are among them: ipv6.arpa does not exist.
TEST(RangeOfName, Refuses) {
  for (const char* text :
       {"256.in-addr.arpa", "01.in-addr.arpa", "1.2.3.4.5.in-addr.arpa", "63-0.2.0.192.in-addr.arpa",
        "0-256.2.0.192.in-addr.arpa", "9.0-7.2.0.192.in-addr.arpa", "1/26.2.0.192.in-addr.arpa",
        "0/24.2.0.192.in-addr.arpa", "0-7.0.192.in-addr.arpa", "x.ip6.arpa", "8.b.d.ipv6.arpa",
        "example.net"})
    EXPECT_FALSE(range_of_name(name(text))) << text;
  EXPECT_NE(range_of_name(name("8.b.d.ipv6.arpa")).error().find("ip6.arpa"), std::string::npos);
  EXPECT_EQ(to_text(range_of_name(name("0-25.2.0.192.in-addr.arpa")).value()), "192.0.2.0 - 192.0.2.25");
  EXPECT_EQ(to_text(range_of_name(name("0-25.2.0.192.in-addr.arpa"), Classless::rfc4183).value()),
            "192.0.2.0/25");
  EXPECT_EQ(to_text(range_of_name(name("70.64/26.2.0.192.in-addr.arpa")).value()), "192.0.2.70/32");
}

}  // namespace
}  // namespace ptrd::rdns
