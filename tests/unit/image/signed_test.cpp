// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Signed zones in an image: what is stored for them, and that each zone gets its records back.
#include <gtest/gtest.h>

#include <set>

#include "ptrd/image/records.hpp"
#include "ptrd/image/traverse.hpp"
#include "unit/signed_zone.hpp"

namespace ptrd::image {
namespace {

using test::ImageMaker;
using test::name;
using test::SignedZone;
using wire::Bytes;
using wire::Name;
using wire::Type;

constexpr const char* kUpper = "10.in-addr.arpa";
constexpr const char* kLower = "3.10.in-addr.arpa";
const std::string kDs = test::u16(1) + std::string("\x0d\x02") + std::string(32, 'd');

const Node& node_at(const View& view, const char* text) {
  const Name owner = name(text);
  const wire::Labels labels(owner.bytes());
  Position at = view.root();
  for (size_t i = labels.count; i-- > 0;) at = view.child(at, labels.label(owner.bytes(), i)).value();
  EXPECT_EQ(at.kind, Position::Kind::node);
  return view.at<Node>(at.index);
}

/// "owner type" of the records of a zone; of an RRSIG the type covered as well.
std::multiset<std::string> records_of(const View& view, const char* apex) {
  std::multiset<std::string> all;
  traverse(view, *view.find_zone(name(apex)), [&](const OwnedSet& set) {
    each_record(set.records, [&](uint32_t, Bytes rdata) {
      std::string text = set.owner.to_text() + " " + std::to_string(set.type);
      if (set.type == code(Type::rrsig)) text += " " + std::to_string(wire::load16(rdata.data()));
      all.insert(text);
    });
  });
  return all;
}

/// The types that the signatures of a name cover, in the order in which they are stored.
std::vector<uint16_t> covered(const View& view, const Node& node) {
  std::vector<uint16_t> types;
  each_record(View::records(*view.find_rrset(node, code(Type::rrsig))),
              [&](uint32_t, Bytes rdata) { types.push_back(wire::load16(rdata.data())); });
  return types;
}

// Signatures over one type are found together, whatever the order of the zone's text; none for a type that
// has none, between, before or behind the others.
TEST(Signed, SignaturesByType) {
  ImageMaker maker;
  maker.zone("example").add("a.example", Type::txt, test::txt_data("a"), 77);
  for (const auto& [type, signature] : {std::pair(Type::nsec, "first"), std::pair(Type::txt, "second"),
                                        std::pair(Type::a, "third"), std::pair(Type::txt, "fourth")})
    maker.add("a.example", Type::rrsig, test::rrsig_data(type, "example", 1, signature));
  const auto lines = maker.lines();
  const View view(lines);
  const Node& node = node_at(view, "a.example");
  EXPECT_EQ(covered(view, node), (std::vector<uint16_t>{1, 16, 16, 47}));
  const Signatures found = view.signatures(node, code(Type::txt));
  EXPECT_EQ(found.count, 2);
  std::string text;
  each_record(found.records, [&](uint32_t ttl, Bytes rdata) {
    EXPECT_EQ(ttl, 77U);
    text += test::string_of(rdata.last(6)) + " ";
  });
  EXPECT_EQ(text, "second fourth ");
  for (const uint16_t type : std::initializer_list<uint16_t>{0, 2, 46, 48, 65535}) {
    EXPECT_EQ(view.signatures(node, type).count, 0) << type;
    EXPECT_TRUE(view.signatures(node, type).records.empty()) << type;
  }
  EXPECT_EQ(view.signatures(node_at(view, "example"), code(Type::txt)).count, 0);
}

// The names below a Node are in canonical order (RFC 4034 6.1), not in that of the text or of numbers.
TEST(Signed, NamesInCanonicalOrder) {
  ImageMaker maker;
  maker.zone("example");
  for (const char* label : {"b", "Z", "a", "10", "2", "ab", "*", "a-b", "0-63"})
    maker.add(std::string(label) + ".example", Type::txt, test::txt_data("x"));
  const auto lines = maker.lines();
  const View view(lines);
  std::vector<std::string> labels;
  for (const uint32_t line : view.labelled(node_at(view, "example"))) {
    const auto& node = view.at<Node>(line);
    labels.push_back(test::string_of({node.label, node.label_size}));
  }
  EXPECT_EQ(labels, (std::vector<std::string>{"*", "0-63", "10", "2", "a", "a-b", "ab", "b", "z"}));
  EXPECT_TRUE(view.labelled(node_at(view, "a.example")).empty());
}

/// Two signed zones, one below the other; the upper one delegates the lower one with DS, and another one
/// without.
std::vector<Line> nested() {
  ImageMaker maker;
  SignedZone upper(maker, kUpper);
  upper.add(kLower, Type::ns, test::wire_name("ns.child.example"))
      .add(kLower, Type::ds, kDs, 1800)
      .add("4.10.in-addr.arpa", Type::ns, test::wire_name("ns.other.example"))
      .ptr("1.1.1.10.in-addr.arpa", "one.example");
  upper.nsec();
  SignedZone lower(maker, kLower);
  lower.ptr("1.1.3.10.in-addr.arpa", "two.example").nsec();
  return maker.lines();
}

// At the apex of the lower zone each of the two says what is its own: the upper one DS, NSEC and the
// signatures over them, the lower one all others (RFC 4035 2.2 to 2.4).
TEST(Signed, BothSidesOfAnApex) {
  const auto lines = nested();
  const View view(lines);
  const Node& apex = node_at(view, kLower);
  EXPECT_EQ(covered(view, apex), (std::vector<uint16_t>{2, 6, 47, 48}));
  EXPECT_EQ(view.find_rrset(apex, code(Type::ds)), nullptr);
  EXPECT_EQ(view.find_rrset(apex, code(Type::nsec))->count, 1);
  ASSERT_NE(apex.upper, 0U);
  const auto& upper = view.at<Node>(apex.upper);
  EXPECT_EQ(upper.zone, node_at(view, kUpper).zone);
  EXPECT_EQ(upper.parent, apex.parent);
  EXPECT_EQ(upper.rrset_count, 3);
  EXPECT_EQ(covered(view, upper), (std::vector<uint16_t>{43, 47}));
  EXPECT_EQ(wire::load32(&view.signatures(upper, code(Type::ds)).records[6]), 1800U);
  EXPECT_NE(view.find_rrset(upper, code(Type::ds)), nullptr);
  EXPECT_NE(view.find_rrset(upper, code(Type::nsec)), nullptr);
  EXPECT_EQ(node_at(view, kUpper).upper, 0U);
}

TEST(Signed, EachZoneGetsItsRecordsBack) {
  const auto lines = nested();
  const View view(lines);
  const std::string upper = "10.in-addr.arpa. ";
  const std::string lower = "3.10.in-addr.arpa. ";
  const std::string other = "4.10.in-addr.arpa. ";
  const std::string one = "1.1.1.10.in-addr.arpa. ";
  const std::string two = "1.1.3.10.in-addr.arpa. ";
  EXPECT_EQ(
      records_of(view, kUpper),
      (std::multiset<std::string>{upper + "2", upper + "6", upper + "46 2", upper + "46 6", upper + "46 47",
                                  upper + "46 48", upper + "47", upper + "48",  // its own apex
                                  lower + "43", lower + "46 43", lower + "46 47", lower + "47",  // not NS
                                  one + "12", one + "46 12", one + "46 47", one + "47",          //
                                  other + "2", other + "46 47", other + "47"}));                 //
  EXPECT_EQ(records_of(view, kLower),
            (std::multiset<std::string>{lower + "2", lower + "6", lower + "46 2", lower + "46 6",
                                        lower + "46 47", lower + "46 48", lower + "47", lower + "48",
                                        two + "12", two + "46 12", two + "46 47", two + "47"}));
  EXPECT_EQ(view.header().records, records_of(view, kUpper).size() + records_of(view, kLower).size());
}

// A zone that is not signed has none of the fields, with a key or a signature alone as well.
TEST(Signed, Unsigned) {
  const auto lines = ImageMaker()
                         .zone("key.example")
                         .add("key.example", Type::dnskey, test::u16(257) + "\x03\x0dk")
                         .zone("rrsig.example")
                         .add("rrsig.example", Type::rrsig, test::rrsig_data(Type::soa, "rrsig.example"))
                         .lines();
  for (const Zone& zone : View(lines).zones()) {
    EXPECT_EQ(zone.denial, Denial::none);
    EXPECT_EQ(zone.negative_signatures, 0U);
    EXPECT_EQ(zone.nsec3, 0U);
    EXPECT_EQ(zone.expires, 0U);
  }
}

// The signatures of denials have the TTL of their SOA (RFC 9077), and cover nothing else; the soonest of all
// expirations counts modulo 2^32 (RFC 4034 3.1.5).
TEST(Signed, NegativeSignaturesAndExpiry) {
  ImageMaker maker;
  SignedZone zone(maker, kUpper);
  zone.ptr("1.1.1.10.in-addr.arpa", "one.example");
  const auto only = [&](uint32_t expires) {
    ImageMaker one;
    SignedZone same(one, kUpper);
    same.ptr("1.1.1.10.in-addr.arpa", "one.example").sign("1.1.1.10.in-addr.arpa", Type::ptr, expires);
    same.nsec();
    const auto lines = one.lines();
    return View(lines).zones()[0].expires;
  };
  EXPECT_EQ(only(test::kExpires - 1), test::kExpires - 1);
  EXPECT_EQ(only(test::kExpires + 1), test::kExpires);
  EXPECT_EQ(only(test::kExpires + 0x7FFFFFFF), test::kExpires);
  EXPECT_EQ(only(test::kExpires - 0x7FFFFFFF), test::kExpires - 0x7FFFFFFF);
  zone.nsec();
  const auto lines = maker.lines();
  const View view(lines);
  const Zone& stored = view.zones()[0];
  EXPECT_EQ(stored.denial, Denial::nsec);
  const auto& set = *reinterpret_cast<const Rrset*>(view.unit(stored.negative_signatures));
  EXPECT_EQ(set.type, code(Type::rrsig));
  EXPECT_EQ(set.count, 1);
  EXPECT_EQ(wire::load32(&View::records(set)[6]), 300U);
  EXPECT_EQ(wire::load16(&View::records(set)[kRecordHead]), code(Type::soa));
}

// A record that a deeper zone hides takes nothing away that the deeper zone has there.
TEST(Signed, BesideAHiddenRecord) {
  ImageMaker maker;
  maker.zone(kUpper).ptr("1.2.3.10.in-addr.arpa", "hidden.example");
  const std::string rrsig = test::u16(code(Type::ptr)) + std::string("\x0d\x06", 2) + std::string(14, '\1') +
                            test::wire_name(kLower) + std::string(64, 's');
  maker.zone(kLower).add("1.2.3.10.in-addr.arpa", Type::rrsig, rrsig);
  const auto lines = maker.lines();
  EXPECT_EQ(records_of(View(lines), kLower).count("1.2.3.10.in-addr.arpa. 46 12"), 1);
}

}  // namespace
}  // namespace ptrd::image
