// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/encoder.hpp"

#include <gtest/gtest.h>

#include "ptrd/wire/rdata.hpp"
#include "zone/rdata/encoding.hpp"
#include "zone/rdata/fields.hpp"
#include "zone/read/scanner.hpp"
#include "zone/reading.hpp"

namespace ptrd::zone::test {
namespace {

/// The data of a record in hexadecimal digits, or the fault.
std::string encode(std::string_view type, std::string_view text) {
  std::vector<Word> words;
  WordReader reader(text);
  while (const auto word = reader.next()) words.push_back(*word);
  const auto code = wire::type_from_text(type);
  if (!code || !is_encoded_here(*code)) return "not a type that is encoded here";
  const auto data = encode_rdata(*code, words, example_options().origin);
  return data ? hex_text(*data) : data.error();
}

// The examples of RFC 8777 4.4: no relay, IPv4, IPv6, a name; the discovery bit is the highest one.
TEST(Encoder, Amtrelay) {
  EXPECT_EQ(encode("AMTRELAY", "10 0 1 203.0.113.15"), "0A01CB00710F");
  EXPECT_EQ(encode("AMTRELAY", "10 0 2 2001:db8::15"), "0A0220010DB8000000000000000000000015");
  EXPECT_EQ(encode("AMTRELAY", "128 1 3 relays.test."), "80830672656C617973047465737400");
  EXPECT_EQ(encode("AMTRELAY", "1 0 3 a"), "01030161076578616D706C6500");  // below the origin
  EXPECT_EQ(encode("AMTRELAY", "0 1 0 ."), "0080");
  EXPECT_EQ(encode("AMTRELAY", "10 2 1 192.0.2.1"), "the discovery bit must be 0 or 1");
  EXPECT_EQ(encode("AMTRELAY", "10 0 4 x"),
            "the relay's type must be 0 to 3; write the data of others as \\# length hex");
  EXPECT_EQ(encode("AMTRELAY", "10 0 0 x"), "a relay of type 0 is written as '.', not 'x'");
  EXPECT_EQ(encode("AMTRELAY", "256 0 0 ."), "'256' is not a number from 0 to 255");
  EXPECT_EQ(encode("AMTRELAY", "10 0 1 2001:db8::1"), "invalid IPv4 address '2001:db8::1'");
  EXPECT_EQ(encode("AMTRELAY", "10 0 2 192.0.2.1"), "invalid IPv6 address '192.0.2.1'");
  EXPECT_EQ(encode("AMTRELAY", "10 0 1"), "the data end where an address should follow");
  EXPECT_EQ(encode("AMTRELAY", "10 0 1 192.0.2.1 x"), "unexpected data at 'x'");
}

// RFC 8005 6: tag and key in one word each, then any number of rendezvous servers.
TEST(Encoder, Hip) {
  EXPECT_EQ(encode("HIP", "2 2001001F AQID"),
            "0402000320"
            "01001F010203");
  EXPECT_EQ(encode("HIP", "2 2001 AQID rvs.test. b"),
            "02020003200101020303727673047465737400"
            "0162076578616D706C6500");
  EXPECT_EQ(encode("HIP", "2 200 AQID"), "invalid host identity tag '200'");
  EXPECT_EQ(encode("HIP", "2 2001 AQ ID"), "invalid Base64 public key 'AQ'");
  EXPECT_EQ(encode("HIP", "2 2001 AQID a..b"), "invalid name 'a..b': empty label");
}

// RFC 1035 3.4.2: services by name and port, in any order and case; a bit for each.
TEST(Encoder, Wks) {
  EXPECT_EQ(encode("WKS", "10.0.0.1 TCP ftp SMTP 23"),
            "0A00000106"
            "00000540");
  EXPECT_EQ(encode("WKS", "10.0.0.1 17 domain"),
            "0A00000111"
            "00000000000004");
  EXPECT_EQ(encode("WKS", "10.0.0.1 udp"), "0A00000111");
  EXPECT_EQ(encode("WKS", "10.0.0.1 tcp nosuch"), "unknown service 'nosuch'; write its port number");
  EXPECT_EQ(encode("WKS", "10.0.0.1 tcp 65536"), "unknown service '65536'; write its port number");
  EXPECT_EQ(encode("WKS", "10.0.0.1 sctp"), "unknown protocol 'sctp'; write its number");
  EXPECT_EQ(encode("WKS", "10.0.0.1 tcp 65535").size(), 2U * (5 + 8192));
}

// Strings with and without quotes, of at most 255 octets; the second one of ISDN may be missing.
TEST(Encoder, Strings) {
  EXPECT_EQ(encode("ISDN", "\"1508\" 004"),
            "0431353038"
            "03303034");
  EXPECT_EQ(encode("ISDN", "1508"), "0431353038");
  EXPECT_EQ(encode("ISDN", "1 2 3"), "unexpected data at '3'");
  EXPECT_EQ(encode("X25", "\"\""), "00");
  EXPECT_EQ(encode("X25", ""), "the data end where a character string should follow");
  EXPECT_EQ(encode("RESINFO", "qnamemin \"a\\\" \\065\""),
            "08716E616D656D696E"
            "0461222041");
  EXPECT_EQ(encode("RESINFO", ""), "the data end where a character string should follow");
  EXPECT_EQ(encode("RESINFO", std::string(255, 'x')).size(), 512U);
  EXPECT_TRUE(encode("RESINFO", std::string(256, 'x')).ends_with("is longer than 255 octets"));
  EXPECT_EQ(encode("RESINFO", "a\\256"), "invalid character string 'a\\256'");
  EXPECT_EQ(encode("RESINFO", "a\\1"), "invalid character string 'a\\1'");
}

// RFC 9859 2.2: the scheme by name or number.
TEST(Encoder, Dsync) {
  EXPECT_EQ(encode("DSYNC", "CDS NOTIFY 5359 cds.test."),
            "003B"
            "01"
            "14EF"
            "03636473047465737400");
  EXPECT_EQ(encode("DSYNC", "TYPE62 7 53 ."),
            "003E"
            "07"
            "0035"
            "00");
  EXPECT_EQ(encode("DSYNC", "FOO 7 53 ."), "'FOO' is not a record type");
  EXPECT_EQ(encode("DSYNC", "CDS SOON 53 ."), "'SOON' is not a scheme, NOTIFY or a number from 0 to 255");
}

// Digits may be in several words; their number must fit.
TEST(Encoder, Digits) {
  EXPECT_EQ(encode("DLV", "1 8 2 0A 0b0 C"), "000108020A0B0C");
  EXPECT_EQ(encode("DLV", "1 8 2 0A0"), "invalid hexadecimal digits '0A0'");
  EXPECT_EQ(encode("DLV", "1 8 2"), "invalid hexadecimal digits ''");
  EXPECT_EQ(encode("RKEY", "0 3 5 A QI D"), "00000305010203");
  EXPECT_EQ(encode("RKEY", "0 3 5 AQ=="), "0000030501");
  EXPECT_EQ(encode("RKEY", "0 3 5 AR=="), "invalid Base64 'AR=='");  // bits that say nothing
  EXPECT_EQ(encode("RKEY", "0 3 5 AQ=D"), "invalid Base64 'AQ=D'");
  EXPECT_EQ(encode("RKEY", "0 3 5 AQI"), "invalid Base64 'AQI'");
  EXPECT_EQ(encode("NSAP", "0x47.0005.80"), "47000580");
  EXPECT_EQ(encode("NSAP", "47000580"), "'47000580' is not 0x and pairs of hexadecimal digits");
  EXPECT_EQ(encode("NSAP", "0x4"), "'0x4' is not 0x and pairs of hexadecimal digits");
}

// Each type that is encoded here has fields, and is not one that the scanner reads: that would be a second
// opinion.
TEST(Encoder, TypesAreThoseThatTheScannerLacks) {
  unsigned count = 0;
  for (unsigned type = 0; type <= 65535; ++type) {
    const auto code = static_cast<uint16_t>(type);
    if (!is_encoded_here(code)) continue;
    ++count;
    EXPECT_FALSE(rdata_fields(code).empty()) << type;
    EXPECT_FALSE(wire::type_to_text(code).starts_with("TYPE")) << type;
    // The scanner alone: $GENERATE and files both come to the rewriter only after it.
    Scanner scanner(60);
    const std::string line = "x. " + wire::type_to_text(code) + " \\# 0\n";
    scanner.set_input(line);
    EXPECT_TRUE(scanner.step() && scanner->state == ZS_STATE_ERROR) << type;
  }
  EXPECT_EQ(count, 26U);
}

// The data of one record have at most 65,535 octets (RFC 1035 3.2.1).
TEST(Encoder, LimitsTheData) {
  std::string strings;
  for (int i = 0; i < 256; ++i) strings += std::string(255, 'x') + ' ';
  EXPECT_EQ(encode("RESINFO", strings), "the data have more than 65,535 octets");
  EXPECT_EQ(encode("RESINFO", strings.substr(256)).size(), 2U * 255 * 256);
}

// A name is `@`, absolute, or relative to the origin; a final dot that is escaped does not end it.
TEST(Encoder, Names) {
  const auto name = [](std::string_view word) {
    const auto got = name_from_word({word}, example_options().origin);
    return got ? got->to_text() : got.error();
  };
  EXPECT_EQ(name("@"), "example.");
  EXPECT_EQ(name("."), ".");
  EXPECT_EQ(name("a.b"), "a.b.example.");
  EXPECT_EQ(name("a.b."), "a.b.");
  EXPECT_EQ(name("a\\."), "a\\..example.");
  EXPECT_EQ(name("a\\\\."), "a\\\\.");
  EXPECT_EQ(name("\\@"), "\\@.example.");
  EXPECT_EQ(name(".."), "invalid name '..': empty label");
}

}  // namespace
}  // namespace ptrd::zone::test
