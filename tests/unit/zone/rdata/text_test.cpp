// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/rdata/text.hpp"

#include <gtest/gtest.h>
extern "C" {  // missing in the headers
#include <libknot/libknot.h>
}

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "ptrd/wire/rdata.hpp"
#include "unit/zone/rdata/random_rdata.hpp"
#include "unit/zone/reading.hpp"
#include "zone/rdata/encoding.hpp"
#include "zone/read/encoder.hpp"
#include "zone/text.hpp"

namespace ptrd::zone {
namespace {

using wire::Bytes;
using Data = std::vector<uint8_t>;

/// All that have a text form, and some that have none.
std::vector<uint16_t> types() {
  std::vector<uint16_t> all = {32768, 32769};
  for (uint16_t type = 0; type <= 300; ++type) all.push_back(type);
  return all;
}

/// Whether all names, salts and hashes in the data end within them. libknot does not check this, and reads
/// past the data.
bool has_whole_parts(uint16_t type, const Data& rdata) {
  wire::Cursor in(rdata);
  const auto take_name = [&] {
    const auto size = wire::plain_name_size(rdata, in.position());
    if (size) in.take(*size);
    return size.has_value();
  };
  for (const Field field : rdata_fields(type)) {
    if (field == Field::name && !take_name()) return false;
    if (field == Field::gateway) {
      const bool is_name = in.u8() == 3;
      in.take(1);
      return !is_name || take_name();
    }
    if (field == Field::string) in.take(in.u8());
    if (field == Field::salt || field == Field::hash) {
      in.take(in.u8());
      if (!in.ok()) return false;
    }
    in.take(field == Field::u8 ? 1 : field == Field::u16 || field == Field::type ? 2 : 0);
    in.take(field == Field::u32 || field == Field::time ? 4 : 0);
  }
  return true;
}

/// libknot's text for the data; no value if it considers them malformed. Trailing blanks, `.00` after some
/// of a LOC record's metres, and how `[` is escaped are ignored.
std::optional<std::string> knot_text(uint16_t type, const Data& rdata) {
  if (!has_whole_parts(type, rdata)) return std::nullopt;
  knot_rrset_t set;
  knot_dname_t root[] = {0};
  knot_rrset_init(&set, root, type, KNOT_CLASS_IN, 0);
  if (knot_rrset_add_rdata(&set, rdata.data(), static_cast<uint16_t>(rdata.size()), nullptr) != KNOT_EOK)
    return std::nullopt;
  std::vector<char> out(1024 + 100 * rdata.size());
  const int size = knot_rrset_txt_dump_data(&set, 0, out.data(), out.size(), &KNOT_DUMP_STYLE_DEFAULT);
  knot_rdataset_clear(&set.rrs, nullptr);
  if (size < 0) return std::nullopt;
  std::string text(out.data(), static_cast<size_t>(size));
  text.erase(text.find_last_not_of(' ') + 1);
  for (size_t at; type == 29 && (at = text.find(".00m")) != text.npos;) text.erase(at, 3);
  // BIND refuses `\[`, which libknot writes in names.
  for (size_t at = 0; (at = text.find("\\[", at)) != text.npos; at += 4) text.replace(at, 2, "\\091");
  return text;
}

/// The data of the one record in a line of zone text; no value if it cannot be read.
std::optional<Data> read_back(const std::string& type, const std::string& text) {
  std::optional<Data> rdata;
  std::vector<Finding> findings;
  const std::string line = "x. 60 IN " + type + ' ' + text + '\n';
  const bool good = read_zone_text(
      line, "zone", "/nonexistent", test::example_options(),
      [&](const Record& record) { rdata = Data(record.rdata.begin(), record.rdata.end()); }, findings);
  return good ? rdata : std::nullopt;
}

std::string shown(uint16_t type, const Data& rdata) {
  return type_text(type) + ' ' + hex_text(rdata);
}

/// Texts of libknot's that are not ours though most of them read back: a padded hash, which RFC 5155 3.3 does
/// not have, and a backslash in a protocol name, which libzscanner loses in some places.
bool is_left_out(uint16_t type, const std::string& knot) {
  if (type == 50) return knot.find('=') != knot.npos;
  return (type == 64 || type == 65) && knot.find(R"(\\\\)") != knot.npos;
}

/// Text with all types as numbers, of data that name types: libknot has mnemonics for others.
std::string with_numbers(uint16_t type, const std::string& text) {
  const auto fields = rdata_fields(type);
  const auto names_types = [](Field field) { return field == Field::type || field == Field::types; };
  if (std::ranges::none_of(fields, names_types)) return text;
  std::istringstream words(text);
  std::string out;
  for (std::string word; words >> word;) {
    const auto named = wire::type_from_text(word);
    out += named ? "TYPE" + std::to_string(*named) + ' ' : word + ' ';
  }
  return out;
}

/// Properties of any data: the text reads back as the same bytes, and equals libknot's if libknot's reads
/// back too and is not the generic one for want of another.
void expect_text(uint16_t type, const Data& rdata) {
  const std::string text = rdata_to_text(type, rdata);
  const std::string knot = knot_text(type, rdata).value_or(generic_rdata_text(rdata));
  const auto same = [&](const std::string& one) { return read_back(type_text(type), one) == rdata; };
  if (rdata.empty() &&
      !rdata_fields(type).empty()) {  // the reader takes none of a type that it knows, but APL
    EXPECT_EQ(text, "\\# 0") << type_text(type);
    return;
  }
  EXPECT_TRUE(same(text)) << shown(type, rdata) << ": " << text;
  if (is_left_out(type, knot) && text == generic_rdata_text(rdata)) return;
  if (is_encoded_here(type) && knot == generic_rdata_text(rdata)) return;  // libknot has no form for them
  EXPECT_TRUE(with_numbers(type, text) == with_numbers(type, knot) || !same(knot))
      << shown(type, rdata) << ": " << text << "\n"
      << knot;
}

// Good data of every type: the text is that of the type, not the generic one, and agrees with libknot's.
TEST(RdataText, GoodData) {
  test::RandomRdata random(1);
  for (const uint16_t type : types()) {
    if (rdata_fields(type).empty()) continue;
    unsigned generic = 0;
    constexpr unsigned kEach = 300;
    for (unsigned i = 0; i < kEach; ++i) {
      const Data rdata = random.good(type);
      expect_text(type, rdata);
      generic += rdata_to_text(type, rdata).starts_with("\\#") ? 1 : 0;
    }
    EXPECT_LT(generic, kEach / 2) << type_text(type);
  }
}

// Data that are cut, lengthened or changed: no read past the end, and no loss.
TEST(RdataText, BadData) {
  test::RandomRdata random(2);
  for (const uint16_t type : types()) {
    for (unsigned i = 0; i < 500; ++i) expect_text(type, random.bad(type));
  }
}

// The forms that dig has of its own; the data are those of the zone file's form. (tests/e2e/test_dig.py
// compares with dig.)
TEST(RdataText, AsDig) {
  struct Forms {
    const char* type;
    const char* zone_file;
    const char* dig;
  };
  constexpr Forms kForms[] = {
      {"PTR", R"(a\+b\035c\!.example.)", "a+b#c!.example."},
      {"PTR", R"(a\.b\@c\000.example.)", R"(a\.b\@c\000.example.)"},
      {"IPSECKEY", R"(10 3 0 a\+b.example.)", "10 3 0 a+b.example."},
      {"LOC", "42 21 54 N  71 6 18.500 W  -24m  0.20m 10000m 0m",
       "42 21 54.000 N 71 6 18.500 W -24.00m 0.20m 10000m 0.00m"},
      {"HTTPS", "1 . alpn=h2,h3 port=443", R"(1 . alpn="h2,h3" port=443)"},
      {"EUI48", "00-00-5E-00-53-2A", "00-00-5e-00-53-2a"},
      {"L64", "10 2001:0DB8:1140:1000", "10 2001:db8:1140:1000"},
  };
  for (const auto& [type, zone_file, dig] : kForms) {
    const auto rdata = read_back(type, zone_file);
    ASSERT_TRUE(rdata) << zone_file;
    EXPECT_EQ(rdata_to_text(*wire::type_from_text(type), *rdata), zone_file);
    EXPECT_EQ(rdata_to_text(*wire::type_from_text(type), *rdata, TextStyle::dig), dig);
  }
}

// One line per type, to show what the forms look like.
TEST(RdataText, Examples) {
  const std::pair<const char*, const char*> kExamples[] = {
      {"A", "192.0.2.1"},
      {"SOA", "ns1.example. host\\.master.example. 2026112900 14400 3600 1209600 3600"},
      {"PTR", "0/25.2.0.192.in-addr.arpa."},
      {"HINFO", "\"PC\" \"\""},
      {"MX", "10 mail.example."},
      {"TXT", "\"a \\\"quoted\\\" word; \\195\\169\" \"more\""},
      {"AAAA", "2001:db8::1"},
      {"AAAA", "::ffff:192.0.2.1"},
      {"LOC", "42 21 54 N  71 6 18.500 W  -24m  30m 10000m 0.20m"},
      {"SRV", "0 5 443 www.example."},
      {"NAPTR", "100 50 \"s\" \"z3950+I2L+I2C\" \"\" _z3950._tcp.gatech.edu."},
      {"APL", "1:192.168.32.0/21 !1:192.168.38.0/28 2:ff00::/8"},
      {"DS", "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"},
      {"SSHFP", "2 1 123456789ABCDEF67890123456789ABCDEF67890"},
      {"IPSECKEY", "10 3 2 gateway.example. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ=="},
      {"RRSIG", "TYPE65280 5 3 86400 20030322173103 20030220173103 2642 example.com. AQID"},
      {"NSEC", "host.example.com. A MX RRSIG NSEC TYPE1234"},
      {"DNSKEY", "256 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3"},
      {"NSEC3", "1 1 12 AABBCCDD 2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM"},
      {"NSEC3PARAM", "1 0 0 -"},
      {"TLSA", "3 1 1 0123456789ABCDEF"},
      {"SVCB",
       "1 svc.example. mandatory=alpn,port alpn=h2,h3 port=853 ipv4hint=192.0.2.1,192.0.2.2 "
       "key7=\"/q{?dns}\""},
      {"HTTPS", "0 alias.example."},
      {"NID", "10 0014:4FFF:FF20:EE64"},
      {"EUI48", "00-00-5E-00-53-2A"},
      {"URI", "10 1 \"https://example/\""},
      {"CAA", "128 issue \"ca.example; policy=ev\""},
      {"MB", "mail.example."},
      {"WKS", "192.0.2.1 6 21 25 53 1023"},
      {"WKS", "192.0.2.1 17"},
      {"X25", "\"311061700956\""},
      {"ISDN", "\"150862028003217\" \"004\""},
      {"ISDN", "\"150862028003217\""},
      {"NSAP", "0x47000580005a0000000001e133ffffff00016100"},
      {"PX", "10 a.example. b.example."},
      {"GPOS", "\"-32.6882\" \"116.8652\" \"10.0\""},
      {"HIP", "2 200100107B1A74DF365639CC39F1D578 AQID rvs1.example. rvs2.example."},
      {"HIP", "2 200100107B1A74DF365639CC39F1D578 AQID"},
      {"DSYNC", "CDS NOTIFY 5359 cds.example."},
      {"DSYNC", "CSYNC 5 53 ."},
      {"AMTRELAY", "10 0 1 203.0.113.15"},
      {"AMTRELAY", "10 1 3 relay.example."},
      {"AMTRELAY", "10 0 2 2001:db8::15"},
      {"AMTRELAY", "0 0 0 ."},
      {"RESINFO", "\"qnamemin\" \"exterr=15-17\" \"infourl=https://x.example\""},
      {"DLV", "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"},
      {"NSEC", "host.example.com. A WKS HIP AMTRELAY DLV"},
      {"RRSIG", "AMTRELAY 5 3 86400 20030322173103 20030220173103 2642 example.com. AQID"},
      {"TYPE65280", "\\# 3 0A0B0C"},
      {"A", "\\# 3 0A0B0C"},
  };
  for (const auto& [type, text] : kExamples) {
    const auto rdata = read_back(type, text);
    ASSERT_TRUE(rdata) << type << ' ' << text;
    EXPECT_EQ(rdata_to_text(*wire::type_from_text(type), *rdata), text);
  }
}

// Data without a text form of their own, since the text would lose something, for each kind of field.
TEST(RdataText, GenericWhereTextWouldLose) {
  const std::pair<uint16_t, Data> kData[] = {
      {1, {192, 0, 2}},                                             // an address of three bytes
      {12, {3, 'a', 'b'}},                                          // a name that runs out
      {12, {0xC0, 12}},                                             // a compressed one
      {12, {0, 0}},                                                 // a byte too many
      {16, {2, 'a'}},                                               // a string that runs out
      {42, {0, 1, 24, 4, 192, 0, 2, 0}},                            // a prefix with a zero octet at its end
      {47, {0, 0, 2, 0x40, 0}},                                     // a bitmap with one
      {47, {0, 1, 1, 0x40, 0, 1, 0x40}},                            // windows out of order
      {50, {1, 0, 0, 1, 0, 1, 0xFF, 0, 1, 0x40}},                   // a hash that base32 would have to pad
      {64, {0, 1, 0, 0, 3, 0, 2, 0, 53, 0, 1, 0, 3, 2, 'h', '2'}},  // keys out of order
      {108, {1, 2, 3}},                                             // half an EUI48
  };
  for (const auto& [type, rdata] : kData) EXPECT_EQ(rdata_to_text(type, rdata), generic_rdata_text(rdata));
  EXPECT_EQ(generic_rdata_text({}), "\\# 0");
}

// Seconds count from 1970 to 2106, whenever the text is written.
TEST(RdataText, TimesOfSignatures) {
  Data rdata = {0, 1, 5, 2, 0, 0, 14, 16, 0xFF, 0xFF, 0xFF, 0xFF, 0x80, 0, 0, 0, 0, 1, 0, 1};
  EXPECT_EQ(rdata_to_text(46, rdata), "A 5 2 3600 21060207062815 20380119031408 1 . AQ==");
  EXPECT_EQ(read_back("RRSIG", rdata_to_text(46, rdata)), rdata);
}

// The two tables of record data fields agree on the positions of names.
TEST(RdataFields, AgreeWithWire) {
  for (const uint16_t type : types()) {
    const wire::RdataLayout layout = wire::rdata_layout(type);
    const auto fields = rdata_fields(type);
    if (layout.names == 0 || fields.empty()) continue;
    unsigned before = 0;
    unsigned names = 0;
    unsigned after = 0;
    for (const Field field : fields) {
      const unsigned size = field == Field::u16 ? 2 : field == Field::u32 ? 4 : 0;
      ASSERT_TRUE(size > 0 || field == Field::name) << type_text(type);
      names += field == Field::name ? 1 : 0;
      (names == 0 ? before : after) += size;
    }
    EXPECT_EQ(before, layout.before) << type_text(type);
    EXPECT_EQ(names, layout.names) << type_text(type);
    EXPECT_EQ(after, layout.after) << type_text(type);
  }
}

// A whole record reads back: owners with signs that only some readers take as they are, and types that only
// some know by name.
TEST(RecordText, ReadsBack) {
  for (const char* owner :
       {"a\\+b.", "\\#.", "\\;\\@\\$\\\"\\(.[x.", "\\032\\127\\255.", "_x-y*.0/25.", "."}) {
    for (const uint16_t type : std::initializer_list<uint16_t>{2, 3, 10, 11, 12, 99, 257, 65280}) {
      const auto name = *wire::Name::from_text(owner);
      const Data rdata = {1, 'a', 0};
      const std::string line = record_to_text(name, type, 60, rdata) + '\n';
      std::vector<Finding> findings;
      unsigned records = 0;
      EXPECT_TRUE(read_zone_text(
          line, "zone", "/nonexistent", test::example_options(),
          [&](const Record& record) {
            ++records;
            EXPECT_TRUE(name == *wire::Name::from_wire(record.owner)) << line;
            EXPECT_EQ(record.type, type) << line;
            EXPECT_EQ(Data(record.rdata.begin(), record.rdata.end()), rdata) << line;
          },
          findings))
          << line;
      EXPECT_EQ(records, 1U) << line;
    }
  }
}

}  // namespace
}  // namespace ptrd::zone
