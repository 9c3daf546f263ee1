// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Signed leaves: which addresses are leaves, and that their zones get the same records back as from Nodes.
#include "ptrd/image/signed_leaf.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "image/build/copy.hpp"
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

constexpr const char* kApex4 = "2.0.192.in-addr.arpa";
constexpr const char* kOne = "1.2.0.192.in-addr.arpa";
constexpr const char* kApex6 = "8.b.d.0.1.0.0.2.ip6.arpa";

std::string owner6(const char* address) {
  return wire::name_of_key(*wire::key_of_address(address)).to_text();
}

/// All records of all zones, in the order in which they are visited.
std::vector<std::string> records_of(const View& view) {
  std::vector<std::string> all;
  traverse(view, {.set = [&](const OwnedSet& set) {
             each_record(set.records, [&](uint32_t ttl, Bytes rdata) {
               all.push_back(set.owner.to_text() + " " + std::to_string(set.type) + " " +
                             std::to_string(ttl) + " " + test::string_of(rdata));
             });
           }});
  return all;
}

/// The same zones with signed leaves and without.
struct Both {
  explicit Both(const std::function<void(ImageMaker&)>& fill)
      : leaves(lines(fill, true)), nodes(lines(fill, false)) {}
  [[nodiscard]] static std::vector<Line> lines(const std::function<void(ImageMaker&)>& fill, bool on) {
    ImageMaker maker;
    maker.signed_leaves(on);
    fill(maker);
    return maker.lines();
  }
  [[nodiscard]] uint32_t leaf_count() const { return View(leaves).header().leaves; }
  std::vector<Line> leaves;
  std::vector<Line> nodes;
};

/// Expects the same zones of both, but for where addresses are.
void expect_same(const Both& both) {
  const View leaves(both.leaves);
  const View nodes(both.nodes);
  EXPECT_EQ(records_of(leaves), records_of(nodes));
  ASSERT_EQ(leaves.zones().size(), nodes.zones().size());
  for (size_t i = 0; i < leaves.zones().size(); ++i) {
    EXPECT_EQ(leaves.zones()[i].records, nodes.zones()[i].records);
    EXPECT_EQ(leaves.zones()[i].expires, nodes.zones()[i].expires);
  }
}

void fill_v4(SignedZone& zone) {
  for (int i = 0; i < 100; ++i)
    zone.ptr(std::to_string(i * 2) + "." + kApex4, "Host-" + std::to_string(i) + ".Example.net");
  zone.ptr("7.2.0.192.in-addr.arpa",
           std::string(60, 'a') + "." + std::string(60, 'b') + "." + std::string(60, 'c'));
}
void fill_v6(SignedZone& zone) {
  for (const char* address : {"2001:db8::1", "2001:db8::2", "2001:db8::1:1", "2001:db8:ffff::1"})
    zone.ptr(owner6(address), "six.example.net");
}

// In zones with NSEC and NSEC3, in both families, every address with one PTR record is a leaf.
TEST(SignedLeafTest, SameRecordsAsNodes) {
  for (const bool nsec3 : {false, true}) {
    const Both both([&](ImageMaker& maker) {
      SignedZone v4(maker, kApex4);
      fill_v4(v4);
      nsec3 ? v4.nsec3() : v4.nsec();
      SignedZone v6(maker, kApex6);
      fill_v6(v6);
      nsec3 ? v6.nsec3() : v6.nsec();
    });
    expect_same(both);
    EXPECT_EQ(both.leaf_count(), 105U);
    EXPECT_EQ(View(both.nodes).header().leaves, 0U);
    EXPECT_LT(both.leaves.size(), both.nodes.size());
  }
}

struct Given {
  Type type;
  std::string rdata;
  uint32_t ttl = 3600;
};
const std::string kNext = std::string("3.") + kApex4;

std::string nsec_data(const std::string& next,
                      const std::set<Type>& types = {Type::ptr, Type::rrsig, Type::nsec}) {
  return test::wire_name(next) + test::bitmap(types);
}
const Given kPtr{Type::ptr, test::wire_name("One.example.net")};
const Given kOverPtr{Type::rrsig, test::rrsig_data(Type::ptr, kApex4)};
const Given kNsec{Type::nsec, nsec_data(kNext), test::kDenialTtl};
const Given kOverNsec{Type::rrsig, test::rrsig_data(Type::nsec, kApex4)};
Given next(const std::string& name) {
  return {Type::nsec, nsec_data(name), test::kDenialTtl};
}
Given over(Type type, const std::string& signature, std::string_view signer = kApex4,
           uint32_t expires = test::kExpires) {
  return {Type::rrsig, test::rrsig_data(type, signer, expires, signature)};
}

/// A signed zone with one address, which owns exactly these records.
Both with(const std::vector<Given>& records, bool is_signed = true) {
  return Both([&](ImageMaker& maker) {
    if (is_signed)
      SignedZone(maker, kApex4).nsec();
    else
      maker.zone(kApex4);
    for (const Given& each : records) maker.add(kOne, each.type, each.rdata, each.ttl);
  });
}

TEST(SignedLeafTest, AddressesThatAreLeaves) {
  const std::string deep = std::string(58, 'x') + ".y." + kApex4;
  const std::vector<std::pair<const char*, std::vector<Given>>> cases = {
      {"as a signer makes it", {kPtr, kOverPtr, kNsec, kOverNsec}},
      {"in another order", {kOverNsec, kNsec, kOverPtr, kPtr}},
      {"without NSEC", {kPtr, kOverPtr}},
      {"not signed", {kPtr}},
      {"the last of the chain", {kPtr, kOverPtr, next(kApex4), kOverNsec}},
      {"before a long name", {kPtr, kOverPtr, next(deep), kOverNsec}},
      {"before a name in upper case", {kPtr, kOverPtr, next("3.2.0.192.IN-ADDR.Arpa"), kOverNsec}},
      {"before itself", {kPtr, kOverPtr, next(kOne), kOverNsec}},
      {"before the root", {kPtr, kOverPtr, next("."), kOverNsec}},
      {"before a name elsewhere", {kPtr, kOverPtr, next("elsewhere.example"), kOverNsec}},
      {"a large signature", {kPtr, over(Type::ptr, std::string(256, 's'))}},
      {"an empty signature", {kPtr, over(Type::ptr, "")}},
      {"times of its own", {kPtr, kOverPtr, kNsec, over(Type::nsec, "signature", kApex4, 1)}},
      {"a signer from elsewhere", {kPtr, over(Type::ptr, "signature", "Elsewhere.example")}},
      {"another TTL", {{Type::ptr, kPtr.rdata, 77}, kOverPtr, kNsec, kOverNsec}},
      {"RRSIGs with other TTLs",
       {kPtr, {Type::rrsig, kOverPtr.rdata, 5}, kNsec, {Type::rrsig, kOverNsec.rdata, 6}}},
  };
  for (const auto& [what, records] : cases) {
    const Both both = with(records);
    EXPECT_EQ(both.leaf_count(), 1U) << what;
    expect_same(both);
    ASSERT_FALSE(HasFailure()) << what;
  }
}

TEST(SignedLeafTest, AddressesThatAreNot) {
  const std::vector<std::pair<const char*, std::vector<Given>>> cases = {
      {"two PTRs", {kPtr, {Type::ptr, test::wire_name("two.example.net")}, kOverPtr, kNsec, kOverNsec}},
      {"another type", {kPtr, {Type::txt, test::txt_data("text")}, kOverPtr, kNsec, kOverNsec}},
      {"two signatures over PTR", {kPtr, kOverPtr, over(Type::ptr, "other"), kNsec, kOverNsec}},
      {"two NSECs", {kPtr, kOverPtr, kNsec, next(kApex4), kOverNsec}},
      {"PTR is not signed", {kPtr, kNsec, kOverNsec}},
      {"NSEC is not signed", {kPtr, kOverPtr, kNsec}},
      {"NSEC is not there", {kPtr, kOverPtr, kOverNsec}},
      {"a signature over another type", {kPtr, kOverPtr, over(Type::txt, "signature")}},
      {"other types in the bitmap",
       {kPtr,
        kOverPtr,
        {Type::nsec, nsec_data(kNext, {Type::ptr, Type::nsec}), test::kDenialTtl},
        kOverNsec}},
      {"before too long a name", {kPtr, kOverPtr, next(std::string(60, 'x') + ".yy." + kApex4), kOverNsec}},
      {"too large a signature", {kPtr, over(Type::ptr, std::string(257, 's'))}},
      {"signatures of other sizes", {kPtr, kOverPtr, kNsec, over(Type::nsec, "short")}},
      {"two signers", {kPtr, kOverPtr, kNsec, over(Type::nsec, "signature", "example")}},
      {"another TTL of NSEC", {kPtr, kOverPtr, {Type::nsec, kNsec.rdata, 301}, kOverNsec}},
      {"no PTR", {kOverPtr, kNsec, kOverNsec}},
      {"a CNAME", {{Type::cname, test::wire_name(kNext)}, over(Type::cname, "signature"), kNsec, kOverNsec}},
  };
  for (const auto& [what, records] : cases) {
    const Both both = with(records);
    EXPECT_EQ(both.leaf_count(), 0U) << what;
    expect_same(both);
    ASSERT_FALSE(HasFailure()) << what;
  }
  const Both both = with({kPtr, kOverPtr, kNsec, kOverNsec}, false);
  EXPECT_EQ(both.leaf_count(), 0U) << "nothing is signed in a zone that is not";
  expect_same(both);
}

// The soonest end of a signature counts wherever it is.
TEST(SignedLeafTest, Expiry) {
  const Both both = with({kPtr, kOverPtr, kNsec, over(Type::nsec, "signature", kApex4, 1'900'000'000)});
  expect_same(both);
  EXPECT_EQ(View(both.leaves).zones()[0].expires, 1'900'000'000U);
}

// A zone whose apex is an address, one inside another, and what the upper one says there.
TEST(SignedLeafTest, NestedZones) {
  const Both both([](ImageMaker& maker) {
    SignedZone upper(maker, kApex4);
    upper.add(kOne, Type::ns, test::wire_name("ns.example")).ptr("3.2.0.192.in-addr.arpa", "three.example");
    upper.nsec();
    SignedZone lower(maker, kOne);
    lower.ptr(kOne, "one.example").nsec();
  });
  EXPECT_EQ(both.leaf_count(), 1U);
  expect_same(both);
}

// What a deeper zone hides is not in the image, and what a dropped one hid is.
TEST(SignedLeafTest, HiddenAndDropped) {
  for (const bool drop : {false, true}) {
    Builder builder;
    const char* const kUpper = "0.192.in-addr.arpa";
    const ZoneId deeper = builder.add_zone(name(kApex4)).value();
    const ZoneId upper = builder.add_zone(name(kUpper)).value();
    const auto add = [&](ZoneId zone, const char* owner, const Given& record) {
      builder.add(zone, name(owner).bytes(), static_cast<uint16_t>(record.type), record.ttl,
                  test::bytes_of(record.rdata));
    };
    for (const auto& [zone, apex] : {std::pair(deeper, kApex4), std::pair(upper, kUpper)}) {
      add(zone, apex, {Type::soa, test::soa_data()});
      add(zone, apex, {Type::dnskey, "key"});
      add(zone, apex, over(Type::soa, "signature", apex));
      add(zone, apex, next(apex));
    }
    for (const Given& each : {kPtr, over(Type::ptr, "signature", kUpper)}) add(upper, kOne, each);
    if (drop) builder.drop_zone(deeper);
    const auto lines = builder.build().value();
    EXPECT_TRUE(verify(lines));
    EXPECT_EQ(View(lines).header().leaves, drop ? 1U : 0U);
    EXPECT_EQ(View(lines).find_zone(name(kUpper))->records, drop ? 6U : 4U);
  }
}

// A copy of the zones is the same image.
TEST(SignedLeafTest, Copied) {
  const Both both([&](ImageMaker& maker) {
    SignedZone v4(maker, kApex4);
    fill_v4(v4);
    v4.nsec();
    SignedZone v6(maker, kApex6);
    fill_v6(v6);
    v6.nsec3();
  });
  const View view(both.leaves);
  Builder builder;
  for (const Zone& zone : view.zones()) ASSERT_TRUE(copy_zone(view, zone, builder));
  const auto copy = builder.build().value();
  ASSERT_EQ(copy.size(), both.leaves.size());
  EXPECT_EQ(std::memcmp(copy.data(), both.leaves.data(), copy.size() * kLineSize), 0);
}

// Signatures follow their leaves closely, and the heads of leaves are within a line.
TEST(SignedLeafTest, Size) {
  const Both both([&](ImageMaker& maker) {
    SignedZone zone(maker, kApex4);
    for (int i = 0; i < 256; ++i)
      zone.ptr(std::to_string(i) + "." + kApex4, "host-192-0-2-" + std::to_string(i) + ".example.net");
    zone.nsec();
  });
  ASSERT_EQ(both.leaf_count(), 256U);
  // Two signatures of 9 bytes and their times are 34 bytes, and the next name less than 10.
  EXPECT_LT(both.leaves.size() * kLineSize / 256, 100U);
  const View view(both.leaves);
  Position at = view.root();
  for (const char* label : {"arpa", "in-addr", "192", "0", "2"})
    at = view.child(at, test::bytes_of(label)).value();
  for (int i = 0; i < 256; ++i) {
    const Position leaf = view.child(at, test::bytes_of(std::to_string(i))).value();
    ASSERT_EQ(leaf.kind, Position::Kind::leaf);
    const auto& head = *reinterpret_cast<const Leaf4*>(view.unit(leaf.index));
    EXPECT_LE(leaf.index % kUnitsPerLine * kUnitSize + sizeof head + head.head_size(), kLineSize);
  }
}

Position position_of_one(const View& view) {
  Position at = view.root();
  for (const char* label : {"arpa", "in-addr", "192", "0", "2", "1"})
    at = view.child(at, test::bytes_of(label)).value();
  return at;
}

/// The image with a change to the line that its signatures have in common, to a tail or to the signed part.
template <typename Change>
bool passes(std::vector<Line> lines, Change change) {
  const View view(lines);
  const Header& header = view.header();
  auto& tail = const_cast<Tail&>(view.tail(0));
  auto& signing = const_cast<LeafSigning&>(view.signing(tail.signing_number()));
  const auto& leaf = *reinterpret_cast<const Leaf4*>(view.unit(position_of_one(view).index));
  uint8_t* const next =
      const_cast<uint8_t*>(signed_part(leaf)) + 2 * (sizeof(SignedPart) + signing.signature_size);
  change(tail, signing, next, const_cast<Zone&>(view.zones()[0]));
  const_cast<Header&>(header).checksum = checksum(lines);
  return verify(lines).has_value();
}

/// An image whose leaf, and the line that signatures have in common, are at its end, with room behind them.
std::vector<Line> with_room(std::vector<Line> lines) {
  constexpr size_t kRoom = 16;
  const size_t end = lines.size();
  lines.resize(end + 2 * kRoom + 1);
  const View view(lines);
  auto& header = const_cast<Header&>(view.header());
  const uint32_t unit = position_of_one(view).index;
  std::memcpy(lines[end].bytes, view.unit(unit), kRoom * kUnitSize);
  lines[end + kRoom] = lines[header.signings];
  header.signings = static_cast<uint32_t>(end + kRoom);
  header.signing_lines = 2;
  header.lines = lines.size();
  auto* const words = reinterpret_cast<uint32_t*>(lines.data());
  const auto moved = Ref::leaf(static_cast<uint32_t>(end * kUnitsPerLine)).bits();
  std::replace(words, words + end * kLineSize / sizeof *words, Ref::leaf(unit).bits(), moved);
  return lines;
}

// Sizes up to the largest pass, and none above: readers have room for these (kMaxLeafRrsig, kMaxLeafNsec).
TEST(SignedLeafTest, LargestSizes) {
  const std::vector<Line> good = with_room(with({kPtr, kOverPtr, kNsec, kOverNsec}).leaves);
  const auto set_sizes = [](LeafSigning& signing, size_t signature, size_t rest) {
    signing.signature_size = static_cast<uint16_t>(signature);
    signing.rest_size = static_cast<uint8_t>(rest);
    wire::store16(signing.head + 10, static_cast<uint16_t>(leaf_rrsig_size(signing) - kRecordHead));
  };
  const auto with_signature = [&](size_t size) {
    return passes(good, [&](Tail&, LeafSigning& signing, uint8_t* next, Zone&) {
      const size_t more = size - signing.signature_size;
      std::memset(next, 0, 2 * more + sizeof(NextName));
      set_sizes(signing, size, signing.rest_size);
    });
  };
  EXPECT_TRUE(with_signature(kMaxLeafSignature));
  EXPECT_FALSE(with_signature(kMaxLeafSignature + 1));
  const auto with_rest = [&](size_t size) {
    return passes(good, [&](Tail&, LeafSigning& signing, uint8_t*, Zone&) {
      constexpr size_t kKeyTag = 2;
      uint8_t* const name = signing.rest + kKeyTag;
      const size_t name_size = size - kKeyTag;
      std::memset(name, 'a', name_size);
      name[0] = 40;
      name[41] = static_cast<uint8_t>(name_size - 43);
      name[name_size - 1] = 0;
      set_sizes(signing, signing.signature_size, size);
    });
  };
  EXPECT_TRUE(with_rest(kMaxSigningRest));
  EXPECT_FALSE(with_rest(kMaxSigningRest + 1));
  const auto with_prefix = [&](size_t size) {
    return passes(good, [&](Tail&, LeafSigning&, uint8_t* next, Zone&) {
      next[offsetof(NextName, size)] = static_cast<uint8_t>(size);
      std::memset(next + sizeof(NextName), 'a', size);
      next[sizeof(NextName)] = static_cast<uint8_t>(size - 1);
    });
  };
  EXPECT_TRUE(with_prefix(kMaxNextPrefix));
  EXPECT_FALSE(with_prefix(kMaxNextPrefix + 1));
}

TEST(SignedLeafTest, DamagedImages) {
  const std::vector<Line> good = with({kPtr, kOverPtr, kNsec, kOverNsec}).leaves;
  const auto damaged = [&](auto change) { return !passes(good, change); };
  EXPECT_TRUE(passes(good, [](auto&, auto&, auto*, auto&) {}));
  EXPECT_TRUE(damaged([](Tail& t, auto&, auto*, auto&) { t.signing[0] = 2; }));
  EXPECT_TRUE(damaged([](Tail& t, auto&, auto*, auto&) { t.signing[2] = 0xFF; }));
  EXPECT_TRUE(damaged([](auto&, LeafSigning& s, auto*, auto&) { s.signature_size = kMaxLeafSignature + 1; }));
  EXPECT_TRUE(damaged([](auto&, LeafSigning& s, auto*, auto&) { --s.signature_size; }))
      << "head says another";
  EXPECT_TRUE(damaged([](auto&, LeafSigning& s, auto*, auto&) { --s.rest_size; }));
  EXPECT_TRUE(damaged([](auto&, LeafSigning& s, auto*, auto&) { s.rest_size = 0; }));
  EXPECT_TRUE(damaged([](auto&, LeafSigning& s, auto*, auto&) { s.has_nsec = 2; }));
  EXPECT_TRUE(damaged([](auto&, LeafSigning& s, auto*, auto&) { s.rest[2] = 64; }));
  for (const size_t at : std::initializer_list<size_t>{0, 1, 2, 3, 4, 5, 10, 11, 12, 13})
    EXPECT_TRUE(damaged([&](auto&, LeafSigning& s, auto*, auto&) { s.head[at] ^= 0x40; })) << at;
  EXPECT_TRUE(damaged([](auto&, auto&, uint8_t* next, auto&) { next[0] = 7; })) << "more labels than it has";
  EXPECT_TRUE(damaged([](auto&, auto&, uint8_t* next, auto&) { next[1] = kMaxNextPrefix + 1; }));
  EXPECT_TRUE(damaged([](auto&, auto&, uint8_t* next, auto&) { ++next[1]; }));
  EXPECT_TRUE(damaged([](auto&, auto&, uint8_t* next, auto&) { next[2] = 0; }));
  EXPECT_TRUE(damaged([](auto&, auto&, uint8_t* next, auto&) { ++next[2]; })) << "a label beyond the end";
  EXPECT_TRUE(damaged([](auto&, auto&, uint8_t* next, auto&) { next[2] = 64; }));
  EXPECT_TRUE(damaged([](auto&, auto&, auto*, Zone& zone) {
    zone.denial = Denial::none;
    zone.negative_signatures = 0;
  })) << "a signed leaf in an unsigned zone";
}

// What signatures have in common is within its lines, with a name that takes two of them.
TEST(SignedLeafTest, DamagedHeaders) {
  const Both both([](ImageMaker& maker) {
    SignedZone zone(maker, "0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    zone.ptr(wire::name_of_key(*wire::key_of_address("2001:db8::1")).to_text(), "six.example.net");
    zone.nsec();
  });
  const auto damaged = [&](auto change) {
    std::vector<Line> lines = both.leaves;
    const View view(lines);
    auto& header = const_cast<Header&>(view.header());
    change(header, const_cast<Tail&>(view.tail(0)));
    header.checksum = checksum(lines);
    return !verify(lines);
  };
  ASSERT_EQ(View(both.leaves).header().signing_lines, 2U);
  EXPECT_FALSE(damaged([](Header&, Tail&) {}));
  EXPECT_TRUE(damaged([](Header& h, Tail&) { h.signing_lines = 1; })) << "the name ends behind them";
  EXPECT_TRUE(damaged([](Header& h, Tail& t) {
    --h.signings;
    h.signing_lines = 0;
    t.signing[0] = 2;
  })) << "behind them";
  EXPECT_TRUE(damaged([](Header& h, Tail&) { h.signing_lines += 1; })) << "a line of something else as well";
}

}  // namespace
}  // namespace ptrd::image
