// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "dnssec/key.hpp"
#include "dnssec/nsec3.hpp"
#include "dnssec/signature.hpp"
#include "dnssec/type_bitmap.hpp"
#include "image_maker.hpp"
#include "zone/rdata/encoding.hpp"
#include "zone/reading.hpp"

// The examples of the RFCs, and data that have not the form that they should have.
namespace ptrd::dnssec::test {
namespace {

using ptrd::test::name;
using wire::Bytes;

/// Data of the records in a zone's text below example.com, by type.
std::map<uint16_t, std::vector<std::vector<uint8_t>>> data_of(const std::string& text) {
  std::map<uint16_t, std::vector<std::vector<uint8_t>>> data;
  std::vector<zone::Finding> findings;
  zone::ReadOptions options;
  options.origin = name("example.com.");
  zone::read_zone_text(
      text, "text", "/nonexistent", options,
      [&](const zone::Record& record) {
        data[record.type].emplace_back(record.rdata.begin(), record.rdata.end());
      },
      findings);
  EXPECT_TRUE(findings.empty()) << findings.at(0).to_text();
  return data;
}

// RFC 8080 6.1, RFC 6605 6.1 and 6.2: a key, its DS record, an MX record and its signature.
struct Example {
  const char* what;
  const char* text;
  uint16_t tag;
};
constexpr Example kExamples[] = {
    {"RFC 8080 6.1",
     "@ 3600 IN DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=\n"
     "@ 3600 IN DS 3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b\n"
     "@ 3600 IN MX 10 mail.example.com.\n"
     "@ 3600 IN RRSIG MX 15 2 3600 1440021600 1438207200 3613 example.com. "
     "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==\n",
     3613},
    {"RFC 6605 6.1",
     "@ 3600 IN DNSKEY 257 3 13 "
     "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==\n"
     "@ 3600 IN DS 55648 13 2 b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17\n"
     "@ 3600 IN A 192.0.2.1\n"
     "@ 3600 IN RRSIG A 13 3 3600 20100909100439 20100812100439 55648 example.net. "
     "qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw==\n",
     55648},
};

TEST(Key, HasTheTagAndTheDigestOfTheExamples) {
  for (const Example& example : kExamples) {
    const auto data = data_of(example.text);
    const Bytes key = data.at(48)[0];
    EXPECT_EQ(key_tag(key), example.tag) << example.what;
    const Bytes ds = data.at(43)[0];
    const wire::Name owner = name(example.tag == 3613 ? "example.com." : "example.net.");
    const auto digest = key_digest(owner.bytes(), key, 2);
    ASSERT_TRUE(digest);
    EXPECT_TRUE(std::ranges::equal(*digest, ds.subspan(4))) << example.what;
  }
}

TEST(Key, VerifiesTheSignatureOfAnExampleAndNothingElse) {
  const auto data = data_of(kExamples[0].text);
  const auto key_data = read_key(data.at(48)[0]);
  ASSERT_TRUE(key_data);
  const auto key = PublicKey::from(key_data->algorithm, key_data->key);
  ASSERT_TRUE(key) << key.error();
  const auto signature = read_signature(data.at(46)[0]);
  ASSERT_TRUE(signature);
  const std::vector<Bytes> rdatas = {data.at(15)[0]};
  std::vector<uint8_t> signed_bytes;
  signed_data(*signature, name("example.com.").bytes(), rdatas, signed_bytes);
  EXPECT_TRUE(key->verifies(signed_bytes, signature->signature));
  // Names in data and owner count in lower case (RFC 4034 6.2).
  const std::string upper = ptrd::test::u16(10) + ptrd::test::wire_name("MAIL.example.COM.");
  const std::vector<Bytes> same = {ptrd::test::bytes_of(upper), data.at(15)[0]};
  signed_data(*signature, name("EXAMPLE.com.").bytes(), same, signed_bytes);
  EXPECT_TRUE(key->verifies(signed_bytes, signature->signature));
  for (size_t i = 0; i < signed_bytes.size(); ++i) {
    signed_bytes[i] ^= 1;
    EXPECT_FALSE(key->verifies(signed_bytes, signature->signature)) << i;
    signed_bytes[i] ^= 1;
  }
  EXPECT_FALSE(key->verifies(signed_bytes, signature->signature.first(63)));
}

TEST(Key, RefusesKeysThatAreNone) {
  const std::vector<uint8_t> zeros(600);
  for (const unsigned algorithm : {0U, 1U, 3U, 5U, 8U, 10U, 12U, 13U, 14U, 99U, 255U}) {
    for (const size_t size :
         {size_t{0}, size_t{1}, size_t{2}, size_t{3}, size_t{64}, size_t{96}, size_t{600}}) {
      const auto key = PublicKey::from(static_cast<uint8_t>(algorithm), Bytes(zeros).first(size));
      EXPECT_FALSE(key && key->verifies(zeros, zeros)) << algorithm << ' ' << size;
    }
  }
  EXPECT_FALSE(read_key(Bytes(zeros).first(4)));
  EXPECT_TRUE(read_key(Bytes(zeros).first(5)));
}

/// RFC 5155 A: salt AABBCCDD, 12 iterations.
TEST(Nsec3, HashesTheNamesOfTheExample) {
  const std::vector<uint8_t> salt = {0xAA, 0xBB, 0xCC, 0xDD};
  const Nsec3Parameters parameters{.algorithm = 1, .flags = 0, .iterations = 12, .salt = salt};
  for (const auto& [of, hash] : {std::pair("example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"),
                                 std::pair("a.example.", "35mthgpgcu1qg68fab165klnsnk3dpvl"),
                                 std::pair("x.y.w.example.", "2vptu5timamqttgl4luu9kg21e0aor3s"),
                                 std::pair("*.w.example.", "r53bq7cc2uvmubfu5ocmm6pers9tk9en")}) {
    const NameHash hashed = hash_name(name(of).bytes(), parameters);
    EXPECT_EQ(zone::base32hex_text(hashed), hash);
    const std::string label = hash;
    EXPECT_EQ(hash_from_label(ptrd::test::bytes_of(label)), hashed);
  }
}

TEST(Nsec3, RefusesLabelsThatAreNoHash) {
  for (const std::string label : {"", "0p9mhaveqvm6t7vbl5lop2u3t2rp3to", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom0",
                                  "wp9mhaveqvm6t7vbl5lop2u3t2rp3tom", "*p9mhaveqvm6t7vbl5lop2u3t2rp3tom"}) {
    EXPECT_FALSE(hash_from_label(ptrd::test::bytes_of(label))) << label;
  }
  EXPECT_TRUE(hash_from_label(ptrd::test::bytes_of("0P9MHAVEQVM6T7VBL5LOP2U3T2RP3TOM")));
}

TEST(TypeBitmap, ReadsTheExampleAndRefusesWrongForms) {
  // RFC 4034 4.3: A MX RRSIG NSEC TYPE1234
  std::vector<uint8_t> bitmap = {0, 6, 0x40, 1, 0, 0, 0, 3, 4, 27};
  bitmap.resize(bitmap.size() + 26);
  bitmap.push_back(0x20);
  EXPECT_EQ(read_type_bitmap(bitmap), (std::vector<uint16_t>{1, 15, 46, 47, 1234}));
  EXPECT_EQ(read_type_bitmap({}), std::vector<uint16_t>());
  for (const std::vector<uint8_t>& wrong : std::vector<std::vector<uint8_t>>{
           {0}, {0, 0}, {0, 1}, {0, 2, 1, 0}, {1, 1, 1, 0, 1, 1}, {0, 1, 1, 0, 1, 1}, {0, 33}}) {
    EXPECT_FALSE(read_type_bitmap(wrong)) << wrong.size();
  }
}

TEST(Signature, ReadsOnlyWholeData) {
  const auto data = data_of(kExamples[0].text);
  const std::vector<uint8_t>& whole = data.at(46)[0];
  ASSERT_TRUE(read_signature(whole));
  const size_t before = 18 + name("example.com.").size();
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(read_signature(Bytes(whole).first(size)).has_value(), size > before) << size;
  }
}

/// RFC 4034 3.1.5: times go round after 2^32 seconds.
TEST(Signature, ComparesTimesAsSerialNumbers) {
  EXPECT_EQ(seconds_until(5, 3), 2);
  EXPECT_EQ(seconds_until(3, 5), -2);
  EXPECT_EQ(seconds_until(1, 0xFFFFFFFF), 2);
  EXPECT_EQ(seconds_until(0xFFFFFFFF, 1), -2);
}

}  // namespace
}  // namespace ptrd::dnssec::test
