// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/nsec3.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "ptrd/image/records.hpp"
#include "ptrd/image/traverse.hpp"
#include "unit/signed_zone.hpp"

namespace ptrd::image {
namespace {

constexpr std::array<uint8_t, 4> kSalt = {0xAA, 0xBB, 0xCC, 0xDD};

std::string label_of(const std::string& name, wire::Bytes salt = kSalt, uint16_t iterations = 12) {
  const Nsec3Label label = nsec3_label(nsec3_hash(wire::Name::from_text(name)->bytes(), salt, iterations));
  return {label.begin(), label.end()};
}

// RFC 5155 appendix A.
TEST(Nsec3Hash, VectorsOfTheStandard) {
  EXPECT_EQ(label_of("example"), "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom");
  EXPECT_EQ(label_of("a.example"), "35mthgpgcu1qg68fab165klnsnk3dpvl");
  EXPECT_EQ(label_of("ai.example"), "gjeqe526plbf1g8mklp59enfd789njgi");
  EXPECT_EQ(label_of("*.w.example"), "r53bq7cc2uvmubfu5ocmm6pers9tk9en");
  EXPECT_EQ(label_of("2t7b4g4vsa5smi47k61mv5bv1a22bojr.example"), "kohar7mbb8dc2ce8a9qvl8hon4k53uhi");
}

TEST(Nsec3Hash, IgnoresCase) {
  EXPECT_EQ(label_of("AI.Example"), label_of("ai.example"));
}

// Verified with nsec3hash of BIND.
TEST(Nsec3Hash, NoSaltAndNoIteration) {
  EXPECT_EQ(label_of("2.0.192.in-addr.arpa", {}, 0), "73m1tvjhgd482fre9msvb9oa98dujedi");
}

using test::ImageMaker;
using test::SignedZone;
using wire::Bytes;
using wire::Name;
using wire::Type;

constexpr const char* kApex = "10.in-addr.arpa";

/// The hash one above or below, modulo 2^160.
Nsec3Hash beside(Nsec3Hash hash, bool above) {
  for (size_t i = hash.size(); i-- > 0;) {
    hash[i] = static_cast<uint8_t>(above ? hash[i] + 1 : hash[i] - 1);
    if (hash[i] != (above ? 0 : 0xFF)) break;
  }
  return hash;
}

/// Compares what is found with a search in `hashes`, all the hashes of the zone.
void expect_place(const View& view, const Zone& zone, const std::set<Nsec3Hash>& hashes,
                  const Nsec3Hash& hash) {
  const auto above = hashes.lower_bound(hash);
  const Nsec3Hash& before = above == hashes.begin() ? *hashes.rbegin() : *std::prev(above);
  const Nsec3Place place = nsec3_place(view, zone, hash);
  ASSERT_NE(place.before, nullptr);
  EXPECT_EQ(nsec3_hash_of(*place.before), before) << test::label_text(hash);
  EXPECT_EQ(place.match != nullptr, hashes.contains(hash)) << test::label_text(hash);
  const Nsec3Record* const match = nsec3_match(view, zone, hash);
  const Nsec3Record* const cover = nsec3_cover(view, zone, hash);
  EXPECT_NE(match == nullptr, cover == nullptr);
  const Nsec3Record& found = match != nullptr ? *match : *cover;
  EXPECT_EQ(nsec3_hash_of(found), match != nullptr ? hash : before);
}

/// The same for each hash, those beside it, the ends, and others.
void expect_places(const std::vector<Line>& lines, const std::set<Nsec3Hash>& hashes) {
  const View view(lines);
  const Zone& zone = view.zones()[0];
  ASSERT_EQ(zone.denial, Denial::nsec3);
  EXPECT_EQ(view.at<Nsec3Zone>(zone.nsec3).count, hashes.size());
  for (const Nsec3Hash& hash : hashes) {
    expect_place(view, zone, hashes, hash);
    expect_place(view, zone, hashes, beside(hash, true));
    expect_place(view, zone, hashes, beside(hash, false));
  }
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    Nsec3Hash hash;
    std::generate(hash.begin(), hash.end(), [&] { return static_cast<uint8_t>(random()); });
    expect_place(view, zone, hashes, hash);
  }
  Nsec3Hash end{};
  expect_place(view, zone, hashes, end);
  end.fill(0xFF);
  expect_place(view, zone, hashes, end);
}

// Zones of each size from the apex alone, with and without salt.
TEST(Nsec3, MatchAndCoverAsInASortedList) {
  for (const int names : {0, 1, 2, 4, 5, 6, 30, 3000}) {
    ImageMaker maker;
    SignedZone zone(maker, kApex);
    for (int i = 0; i < names; ++i)
      zone.add("n" + std::to_string(i) + ".10.in-addr.arpa", Type::txt, test::txt_data("x"));
    const test::ChainOfHashes chain{.salt = names % 2 == 0 ? "" : std::string(255, 's')};
    std::set<Nsec3Hash> hashes;
    for (const Name& name : zone.names()) hashes.insert(chain.hash(name));
    zone.nsec3(chain);
    expect_places(maker.lines(), hashes);
  }
}

/// A zone whose NSEC3 records have these hashes, and that of the apex.
ImageMaker with_hashes(const std::set<Nsec3Hash>& hashes) {
  ImageMaker maker;
  SignedZone zone(maker, kApex);
  zone.nsec3();
  for (const Nsec3Hash& hash : hashes) {
    const std::string owner = test::label_text(hash) + "." + kApex;
    maker.add(owner, Type::nsec3, test::ChainOfHashes().data() + '\x14' + std::string(20, 'n'));
    maker.add(owner, Type::rrsig, test::rrsig_data(Type::nsec3, kApex));
  }
  return maker;
}

// Hashes whose first 32 bits are equal, in as many lines as a bucket may have; one more is refused. Names do
// not have such hashes, but a zone's text may.
TEST(Nsec3, HashesThatBeginAlike) {
  std::set<Nsec3Hash> hashes;
  for (uint8_t i = 0; i < Nsec3Bucket::kEntries * kMaxNsec3Lines; ++i) {
    Nsec3Hash hash{0x80, 0, 0, 1};
    hash.back() = static_cast<uint8_t>(2 * i);
    hashes.insert(hash);
  }
  std::set<Nsec3Hash> all = hashes;
  all.insert(test::ChainOfHashes().hash(test::name(kApex)));
  expect_places(with_hashes(hashes).lines(), all);
  hashes.insert(Nsec3Hash{0x80, 0, 0, 1, 1});
  try {
    (void)with_hashes(hashes).lines();
    FAIL() << "built";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("more than 28 NSEC3 records of zone 10.in-addr.arpa."),
              std::string::npos)
        << error.what();
  }
}

/// The number of records of each type of a zone, by owner.
std::map<std::string, std::map<uint16_t, size_t>> owners_of(const View& view, const Zone& zone) {
  std::map<std::string, std::map<uint16_t, size_t>> owners;
  traverse(view, zone, [&](const OwnedSet& set) {
    each_record(set.records, [&](uint32_t, Bytes) { ++owners[set.owner.to_text()][set.type]; });
  });
  return owners;
}

// Owners of NSEC3 records do not exist (RFC 5155 7.2.8), the zone gets its records back all the same, but for
// those of another chain. What else there is at such a name stays.
TEST(Nsec3, RecordsOfAZone) {
  ImageMaker maker;
  SignedZone zone(maker, kApex);
  zone.ptr("1.1.1.10.in-addr.arpa", "one.example");
  const test::ChainOfHashes chain{.salt = "salt", .opt_out = true};
  const std::string other = test::label_text(test::ChainOfHashes().hash(test::name(kApex))) + "." + kApex;
  maker.add(other, Type::nsec3, test::ChainOfHashes().data() + '\x14' + std::string(20, 'n'))
      .add(other, Type::rrsig, test::rrsig_data(Type::nsec3, kApex))
      .add(other, Type::txt, test::txt_data("a name after all"))
      .add(other, Type::rrsig, test::rrsig_data(Type::txt, kApex, 5));
  zone.nsec3(chain);
  const auto lines = maker.lines();
  const View view(lines);
  const Zone& stored = view.zones()[0];
  EXPECT_EQ(stored.denial, Denial::nsec3);
  EXPECT_EQ(stored.expires, 5U);
  EXPECT_EQ(nsec3_hash(view, stored, test::name("1.1.1.10.in-addr.ARPA").bytes()),
            chain.hash(test::name("1.1.1.10.in-addr.arpa")));
  const auto owners = owners_of(view, stored);
  // The apex, the address and the other name; the apex, the address and two ENTs of the chain.
  EXPECT_EQ(owners.size(), 3U + 4U);
  using Types = std::map<uint16_t, size_t>;
  EXPECT_EQ(owners.at(other + "."), (Types{{code(Type::txt), 1}, {code(Type::rrsig), 1}}));
  size_t records = 0;
  for (const auto& [owner, types] : owners) {
    for (const auto& [type, count] : types) records += count;
  }
  EXPECT_EQ(stored.records, records);
  for (const char* text : {kApex, "1.10.in-addr.arpa", "1.1.10.in-addr.arpa", "1.1.1.10.in-addr.arpa"}) {
    const Nsec3Hash hash = chain.hash(test::name(text));
    const std::string owner = test::label_text(hash) + "." + kApex + ".";
    EXPECT_EQ(owners.at(owner), (Types{{code(Type::nsec3), 1}, {code(Type::rrsig), 1}})) << text;
    const Nsec3Record* record = nsec3_match(view, stored, hash);
    ASSERT_NE(record, nullptr) << text;
    EXPECT_EQ(nsec3_set(*record).type, code(Type::nsec3));
    EXPECT_EQ(nsec3_signatures(*record).type, code(Type::rrsig));
    EXPECT_EQ(wire::load32(&View::records(nsec3_signatures(*record))[6]), 300U);
    EXPECT_EQ(view.find_zone(test::name(owner)), nullptr);
    const uint32_t apex = stored.apex;
    EXPECT_EQ(view.labelled_child(apex, test::bytes_of(test::label_text(hash))), 0U);
  }
}

/// Why a zone with these records, beside the SOA, its signature and a key, is refused.
std::string refusal(const std::vector<std::tuple<std::string, Type, std::string>>& records,
                    uint16_t iterations = 0) {
  Builder builder;
  const ZoneId zone = builder.add_zone(test::name(kApex)).value();
  builder.nsec3_iterations(iterations);
  const auto add = [&](std::string_view owner, Type type, const std::string& rdata) {
    builder.add(zone, test::name(owner).bytes(), code(type), 300, test::bytes_of(rdata));
  };
  add(kApex, Type::soa, test::soa_data());
  add(kApex, Type::dnskey, test::u16(257) + "\x03\x0dkey");
  add(kApex, Type::rrsig, test::rrsig_data(Type::soa, kApex));
  for (const auto& [owner, type, rdata] : records) add(owner, type, rdata);
  const auto built = builder.build();
  return built ? "" : built.error();
}

// What could not be answered rightly is refused, with the zone and what is wrong.
TEST(Nsec3, Refused) {
  const std::string next = '\x14' + std::string(20, 'n');
  const test::ChainOfHashes plain;
  const std::string top = test::label_text(plain.hash(test::name(kApex))) + "." + kApex;
  const std::tuple parameters(kApex, Type::nsec3param, plain.data());
  const std::tuple record(top, Type::nsec3, plain.data() + next);
  const std::tuple signature(top, Type::rrsig, test::rrsig_data(Type::nsec3, kApex));
  EXPECT_EQ(refusal({parameters, record, signature}), "");
  const std::string is_signed = "zone 10.in-addr.arpa. is signed, but ";
  const auto expect = [&](const std::string& error, const std::string& why) {
    EXPECT_EQ(error.substr(0, is_signed.size()), is_signed);
    EXPECT_NE(error.find(why), std::string::npos) << error;
  };
  expect(refusal({}), "neither an NSEC record at its apex nor the NSEC3 records");
  expect(refusal({parameters}), "neither an NSEC record at its apex nor the NSEC3 records");
  expect(refusal({record, signature}), "neither an NSEC record at its apex nor the NSEC3 records");
  expect(refusal({parameters, record}), "has no signature");
  expect(refusal({parameters, {top, Type::nsec3, "x"}, signature}), "is malformed");
  expect(
      refusal(
          {parameters, record, {top, Type::nsec3, plain.data() + "\x14" + std::string(20, 'm')}, signature}),
      "several NSEC3 records");
  const std::string low = std::string(32, '0') + "." + kApex;
  expect(refusal({parameters,
                  {low, Type::nsec3, plain.data() + next},
                  {low, Type::rrsig, test::rrsig_data(Type::nsec3, kApex)}}),
         "no NSEC3 record for its apex");
  const std::string no_hash = std::string("w") + top.substr(1);
  expect(refusal({parameters,
                  {no_hash, Type::nsec3, plain.data() + next},
                  {no_hash, Type::rrsig, test::rrsig_data(Type::nsec3, kApex)}}),
         "is not a hash");
  std::string algorithm = plain.data();
  algorithm[0] = 2;
  expect(refusal({{kApex, Type::nsec3param, algorithm}, {top, Type::nsec3, algorithm + next}, signature}),
         "the hash algorithm 2");
}

// Iterations above the limit are refused; those at it are not.
TEST(Nsec3, LimitOfIterations) {
  for (const uint16_t iterations : std::initializer_list<uint16_t>{0, 1, 150}) {
    const test::ChainOfHashes chain{.iterations = iterations};
    const std::string top = test::label_text(chain.hash(test::name(kApex))) + "." + kApex;
    const auto with_limit = [&](uint16_t limit) {
      return refusal({{kApex, Type::nsec3param, chain.data()},
                      {top, Type::nsec3, chain.data() + '\x14' + std::string(20, 'n')},
                      {top, Type::rrsig, test::rrsig_data(Type::nsec3, kApex)}},
                     limit);
    };
    EXPECT_EQ(with_limit(iterations), "");
    if (iterations == 0) continue;
    const std::string error = with_limit(static_cast<uint16_t>(iterations - 1));
    EXPECT_NE(error.find(std::to_string(iterations) + " additional iterations, and at most " +
                         std::to_string(iterations - 1)),
              std::string::npos)
        << error;
  }
}

}  // namespace
}  // namespace ptrd::image
