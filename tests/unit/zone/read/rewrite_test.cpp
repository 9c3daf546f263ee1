// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/rewrite.hpp"

#include <gtest/gtest.h>

#include "unit/zone/rdata/random_rdata.hpp"
#include "unit/zone/reading.hpp"
#include "zone/rdata/fields.hpp"
#include "zone/text.hpp"

namespace ptrd::zone::test {
namespace {

/// Whether `odd` is read without a finding, as the same records as `plain`, which the scanner takes as it is.
void expect_same(const std::string& odd, const std::string& plain) {
  const auto got = read_text(odd);
  const auto expected = read_text(plain);
  EXPECT_EQ(expected.findings, Lines()) << plain;
  EXPECT_EQ(got.findings, Lines()) << odd;
  EXPECT_EQ(got.records, expected.records) << odd;
}

/// The only finding.
std::string finding(std::string_view text) {
  const auto got = read_text(text);
  EXPECT_EQ(got.findings.size(), 1U) << text;
  return got.findings.empty() ? "" : got.findings[0];
}

// A name has any printable octet, in an owner and wherever data have names (RFC 1035 5.1).
TEST(Rewrite, TakesAnyPrintableOctetInNames) {
  for (const char c : std::string_view("!#$%&'+,:<=>?[]^`{|}~@")) {
    const std::string escaped = fmt::format("\\{:03}", static_cast<int>(c));
    expect_same(fmt::format("1 PTR a{}b.test.\n", c), fmt::format("1 PTR a{}b.test.\n", escaped));
    expect_same(fmt::format("a{} PTR b.\n", c), fmt::format("a{} PTR b.\n", escaped));
    if (c != '$') expect_same(fmt::format("{}a PTR b.\n", c), fmt::format("{}a PTR b.\n", escaped));
  }
  expect_same("@ SOA a=b h@c.test. 1 2 3 4 5\n", "@ SOA a\\061b h\\064c.test. 1 2 3 4 5\n");
  expect_same("a MX 10 a+b\n", "a MX 10 a\\043b\n");
  expect_same("a SRV 1 2 3 a+b\n", "a SRV 1 2 3 a\\043b\n");
  expect_same("a NAPTR 1 2 \"s\" \"x+\" \"!a!b!\" a+b\n", "a NAPTR 1 2 \"s\" \"x+\" \"!a!b!\" a\\043b\n");
  expect_same("a RRSIG A 5 3 60 20380101000000 20030220173103 2642 a+b. AQID\n",
              "a RRSIG A 5 3 60 20380101000000 20030220173103 2642 a\\043b. AQID\n");
  expect_same("a NSEC a+b A MX\n", "a NSEC a\\043b A MX\n");
  expect_same("a IPSECKEY 10 3 2 a+b AQID\n", "a IPSECKEY 10 3 2 a\\043b AQID\n");
  expect_same("a SVCB 1 a+b alpn=\"h2,h3\" port=53\n", "a SVCB 1 a\\043b alpn=\"h2,h3\" port=53\n");
  expect_same("a+b PTR a\\.b\\+c\\065.@d.\n", "a\\043b PTR a\\.b\\043cA.\\064d.\n");
}

// Names have labels of 1 to 63 octets, and 255 in all, also where the origin is appended.
TEST(Rewrite, KeepsTheLimitsOfNames) {
  const std::string label(63, 'x');
  EXPECT_EQ(finding("a PTR +..b.\n"), "zone:1: error: invalid name '+..b.': empty label");
  EXPECT_TRUE(finding("a PTR +" + label + "\n").ends_with(": label longer than 63 octets"));
  const std::string three = label + '.' + label + '.' + label + '.';
  EXPECT_TRUE(read_text("a PTR +" + three.substr(1) + std::string(53, 'y') + "\n").good);
  EXPECT_TRUE(finding("a PTR +" + three.substr(1) + std::string(54, 'y') + "\n")
                  .ends_with(": name longer than 255 octets"));
  EXPECT_EQ(finding("a PTR \"b.\"\n"), "zone:1: error: a name is written without quotes, not \"b.\"");
  EXPECT_EQ(finding("a PTR +\\999\n"), "zone:1: error: invalid name '+\\999': bad escape");
}

// Blanks, line ends and comments may be anywhere between the digits of base64 and hexadecimal data (RFC 4034
// 2.2, 5.3).
TEST(Rewrite, JoinsDigits) {
  const std::string base64[] = {"DNSKEY 256 3 5 ",
                                "CDNSKEY 256 3 5 ",
                                "KEY 256 3 5 ",
                                "CERT 1 2 3 ",
                                "DHCID ",
                                "OPENPGPKEY ",
                                "IPSECKEY 10 1 2 192.0.2.1 ",
                                "RRSIG A 5 3 60 20380101000000 20030220173103 2642 b. "};
  for (const auto& type : base64) {
    const std::string plain = "\n\na " + type + "AQIDBA==\n";
    for (const auto data : {"A Q I D B A = =\n", "AQI\tDBA= = ; c\n"})
      expect_same("\n\na " + type + data, plain);
    expect_same("a " + type + "( A ; c\n\nQIDB A== )\n", plain);
  }
  for (const std::string type : {"DS 1 2 3 ", "CDS 1 2 3 ", "TLSA 1 2 3 ", "SMIMEA 1 2 3 ", "SSHFP 1 2 ",
                                 "ZONEMD 1 2 240 ", "TYPE65280 \\# 14 ", "A \\# 4 "}) {
    const std::string data = type == "A \\# 4 " ? "C0000201" : "0102030405060708090A0B0C0D0E";
    const std::string plain = "\n\na " + type + data + "\n";
    expect_same(
        "\n\na " + type + data.substr(0, 1) + " \t " + data.substr(1, 4) + "  " + data.substr(5) + "\n",
        plain);
    expect_same("a " + type + "( " + data.substr(0, 3) + "\n ; c\n" + data.substr(3) + " )\n", plain);
  }
}

// CLASS1 is IN, with a TTL before or after it, and before the form of RFC 3597 5.
TEST(Rewrite, TakesClass1) {
  for (const auto words : {"CLASS1", "60 class1", "CLASS01 60"}) {
    const std::string ttl = std::string_view(words) == "CLASS1" ? "3600" : "60";
    expect_same(fmt::format("a {} TYPE12 \\# 3 0162 00\n", words), fmt::format("a {} PTR b.\n", ttl));
    expect_same(fmt::format("a {} PTR b.\n", words), fmt::format("a {} PTR b.\n", ttl));
    expect_same(fmt::format("a {} TYPE12 b.\n", words), fmt::format("a {} PTR b.\n", ttl));
  }
  EXPECT_EQ(finding("a CLASS3 PTR b.\n"), "zone:1: error: class CLASS3 is not supported");
  EXPECT_EQ(finding("a CLASS11 PTR b.\n"), "zone:1: error: class CLASS11 is not supported");
}

// Class and TTL occur once; the message says so, not that IN would be a type.
TEST(Rewrite, NamesWhatIsThereTwice) {
  EXPECT_EQ(finding("18 IN IN PTR a.\n"), "zone:1: error: the class is given twice, as 'IN' and 'IN'");
  EXPECT_EQ(finding("18 IN 60 CLASS1 PTR a.\n"),
            "zone:1: error: the class is given twice, as 'IN' and 'CLASS1'");
  EXPECT_EQ(finding("18 60 1h PTR a.\n"), "zone:1: error: the TTL is given twice, as '60' and '1h'");
}

// Octets above 127 are data in quotes, and errors elsewhere.
TEST(Rewrite, TakesUtf8InQuotes) {
  expect_same("a TXT \"m\u00FCnchen\" \"\\\"\u00FC\"\n", "a TXT \"m\\195\\188nchen\" \"\\\"\\195\\188\"\n");
  expect_same("a HINFO \"\u00FC\" \"\"\n", "a HINFO \"\\195\\188\" \"\"\n");
  expect_same("a CAA 0 issue \"\u00FC\"\n", "a CAA 0 issue \"\\195\\188\"\n");
  expect_same("a TXT \"\xFC\" ; \u00FC\n", "a TXT \"\\252\"\n");
  EXPECT_EQ(finding("a TXT m\u00FCnchen\n"),
            "zone:1: error: 'm\\195\\188nchen' contains U+00FC; write names in ASCII (xn--...), and other "
            "text in quotes");
}

// Quotes need no blanks around them, as for BIND and NSD.
TEST(Rewrite, SplitsWordsAtQuotes) {
  expect_same("a TXT a\"b c\"d\n", "a TXT a \"b c\" d\n");
  expect_same("a TXT \"a\"\"b\"\n", "a TXT \"a\" \"b\"\n");
}

// SvcParamKeys that the scanner does not know, also as mandatory ones (RFC 9461 5, RFC 9540 4).
TEST(Rewrite, TakesYoungSvcParamKeys) {
  expect_same("a SVCB 1 b. alpn=h2 dohpath=/dns-query{?dns}\n",
              "a SVCB 1 b. alpn=h2 key7=\"/dns-query{?dns}\"\n");
  expect_same("a HTTPS 1 b. mandatory=alpn,dohpath alpn=h2 dohpath=\"/q m{?dns}\" ohttp\n",
              "a HTTPS 1 b. mandatory=alpn,key7 alpn=h2 key7=\"/q m{?dns}\" key8\n");
}

// Types in bitmaps and signatures that the scanner does not know by name.
TEST(Rewrite, TakesYoungTypesInLists) {
  expect_same("a NSEC b. A AMTRELAY hip TYPE65280\n", "a NSEC b. A TYPE260 TYPE55 TYPE65280\n");
  expect_same("a RRSIG AMTRELAY 5 3 60 20380101000000 20030220173103 2642 b. AQID\n",
              "a RRSIG TYPE260 5 3 60 20380101000000 20030220173103 2642 b. AQID\n");
  EXPECT_EQ(finding("a NSEC b. A FOO\n"), "zone:1: error: invalid bitmap at 'FOO'");
}

// A type without a form for its data is named with its number; an unknown one with what to write.
TEST(Rewrite, NamesTypesWithoutAForm) {
  EXPECT_EQ(finding("a NULL 00\n"),
            "zone:1: error: the data of NULL are read only in the form TYPE10 \\# length hex (RFC 3597 5)");
  expect_same("a NULL \\# 2 0 1f f\n", "a TYPE10 \\# 2 01FF\n");
  EXPECT_EQ(finding("a FOO b\n"),
            "zone:1: error: unsupported record type at 'FOO'; write other types as TYPE123 \\# length hex "
            "(RFC 3597 5)");
  EXPECT_EQ(finding("a 60 IN\n"), "zone:1: error: the record ends where its type should follow");
}

// A time stamp of Windows DNS is left out, with one warning for all of a zone.
TEST(Rewrite, LeavesOutTimeStampsOfWindows) {
  const auto got = read_text(
      "host\t[AGE:3652014]\t900\tPTR\ta.\n\t\t[Aging:3652014] 1200 PTR b.\n3 [AGE:3652014] PTR a+b.\n4 PTR "
      "c.\n");
  EXPECT_TRUE(got.good);
  EXPECT_EQ(
      got.findings,
      (Lines{
          "zone:1: warning: [AGE:...], a time stamp of Windows DNS, is ignored, here and in other records"}));
  EXPECT_EQ(got.records, (Lines{"1 host.example. 900 12 a.", "2 host.example. 1200 12 b.",
                                "3 3.example. 1200 12 a+b.", "4 4.example. 1200 12 c."}));
  EXPECT_FALSE(read_text("host [AGE:1 900 PTR a.\n").good);
}

// WINS and WINSR are not served, with a warning for each; an owner on such a line holds for what follows.
TEST(Rewrite, LeavesOutLookupRulesOfWindows) {
  const auto got = read_text(
      "@ 0 WINSR LOCAL L2 C900 ( example.com. )\n  PTR a.\nb WINS L1 C900 (\n 10.0.0.1 )\n PTR c.\n");
  EXPECT_TRUE(got.good);
  const std::string text =
      "warning: the record is not served: WINS and WINSR are rules by which Windows DNS looks names up";
  EXPECT_EQ(got.findings, (Lines{"zone:1: " + text, "zone:4: " + text}));
  EXPECT_EQ(got.records, (Lines{"2 example. 3600 12 a.", "5 b.example. 3600 12 c."}));
}

// What one record hands on to the next is the same as without rewriting: owner, origin, TTL; and so are line
// numbers, ranges, and the next error.
TEST(Rewrite, LeavesNoTrace) {
  auto options = example_options();
  Lines ranges;
  options.range_sink = [&](const DeclaredRange& range) {
    ranges.push_back(fmt::format("{} {}", range.line, range.ttl));
  };
  const auto got = read_text(
      "a+b 7 PTR (\n c+d ; (\n )\n  PTR e+f\n PTR g\n"              // 1 to 5
      "$ORIGIN x+y\n PTR h+i\n;@range 192.0.2.0/24 {d}.test.\n"     // 6 to 8
      "$TTL 9\nj PTR k+l\nm PTR n\n@ PTR @\n"                       // 9 to 12
      "o+p FOO\nq PTR (\nr..s ; c\n) ; c\n  PTR t+u\nv+w PTR x+y",  // 13 to 18
      options);
  EXPECT_EQ(got.records,
            (Lines{"3 a+b.example. 7 12 c+d.example.", "4 a+b.example. 7 12 e+f.example.",
                   "5 a+b.example. 7 12 g.example.", "7 a+b.example. 7 12 h+i.x+y.example.",
                   "10 j.x+y.example. 9 12 k+l.x+y.example.", "11 m.x+y.example. 9 12 n.x+y.example.",
                   "12 x+y.example. 9 12 x+y.example.", "17 q.x+y.example. 9 12 t+u.x+y.example.",
                   "18 v+w.x+y.example. 9 12 x+y.x+y.example."}));
  EXPECT_EQ(ranges, (Lines{"8 7"}));
  ASSERT_EQ(got.findings.size(), 2U);
  EXPECT_TRUE(got.findings[0].starts_with("zone:13: error: unsupported record type at 'FOO'"));
  EXPECT_EQ(got.findings[1], "zone:15: error: invalid name 'r..s': empty label");
}

// A record may start with a parenthesis, even with its owner in a later line.
TEST(Rewrite, TakesAnOwnerInParentheses) {
  expect_same("(a+b PTR c)\n", "(a\\043b PTR c)\n");
  expect_same("(\n;\na+b PTR\nc\n)\n", "(\n;\na\\043b PTR\nc\n)\n");
  expect_same("x PTR y\n (\n PTR a+b )\n", "x PTR y\n (\n PTR a\\043b )\n");
}

// An error in a record of several lines is one finding, on the line of the invalid word, whichever pass found
// it; and the next record is read.
TEST(Rewrite, NamesTheLineOfAnError) {
  const std::string next = "b PTR c.\n";
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"a SOA b. c. (\n1 ; x\nx\n3 4 5 )\n", "zone:3: error: invalid number at 'x'"},
           {"a+b SOA b. c. (\n1 ; x\nx\n3 4 5 )\n", "zone:3: error: invalid number at 'x'"},
           {"a TXT (\n\"x\ny\" z\n\xFC )\n",
            "zone:4: error: '\\252' contains byte 252; write names in ASCII (xn--...), and other text in "
            "quotes"},
           {"a PTR ( +b\n c\n) )\n", "zone:3: error: a ')' has no '(' before it"},
           {")\n", "zone:1: error: a ')' has no '(' before it"},
           {"a AMTRELAY (\n10 0 1 x )\n", "zone:1: error: AMTRELAY: invalid IPv4 address 'x'"}}) {
    const auto got = read_text(text + next);
    EXPECT_EQ(got.findings, Lines{expected}) << text;
    EXPECT_EQ(got.records.size(), 1U) << text;
  }
}

// A parenthesis that touches a word is not a part of it (RFC 1035 5.1), in a string neither; one in quotes or
// behind a backslash is.
TEST(Rewrite, TakesParenthesesThatTouchStrings) {
  const std::string next = "\nb PTR c.\n";
  for (const auto& [odd, plain] :
       std::vector<std::pair<std::string, std::string>>{{"TXT (a)", "TXT a"},
                                                        {"TXT (a)b", "TXT a b"},
                                                        {"TXT x(y)z", "TXT x y z"},
                                                        {"TXT \"x\"(y)\"z\"", "TXT x y z"},
                                                        {"TXT (\"a\")", "TXT a"},
                                                        {"TXT(\"a\"\"b\")", "TXT a b"},
                                                        {"TXT (a\nb)", "TXT ( a\nb )"},
                                                        {"TXT (a ; (\n)", "TXT ( a\n )"},
                                                        {"TXT (a\\)\\(b)", "TXT \"a)(b\""},
                                                        {"TXT \"(\" (a) \")\"", "TXT \"(\" a \")\""},
                                                        {"TXT (\"a\n(\")", "TXT (\na\\010\\040 )"},
                                                        {"HINFO (a b)", "HINFO a b"},
                                                        {"CAA (0 issue a)", "CAA 0 issue a"},
                                                        {"SVCB (1 . alpn=h2)", "SVCB 1 . alpn=h2"},
                                                        {"NAPTR 1 1 (u a b) .", "NAPTR 1 1 u a b ."}}) {
    expect_same("a " + odd + next, "a " + plain + next);
  }
  expect_same("$GENERATE 1-2 $ TXT ($)\n", "$GENERATE 1-2 $ TXT $\n");
  EXPECT_EQ(finding("a TXT a)" + next), "zone:1: error: a ')' has no '(' before it");
  EXPECT_EQ(finding("a TXT \"a\")" + next), "zone:1: error: a ')' has no '(' before it");
  EXPECT_EQ(finding("a TXT (a" + next), "zone:1: error: the record's '(' has no matching ')'");
}

// The scanner ends a record whose data end at a newline in parentheses: what follows in them is an error, not
// another record, in a record that it takes as well as in one that is rewritten.
TEST(Rewrite, RefusesMoreDataInParentheses) {
  for (const std::string& owner : Lines{"a", "a+"}) {
    for (const std::string& more : Lines{" b )", " PTR b.\n )", "; c\nb PTR c.\n)", " ) b"}) {
      const auto got = read_text("\n" + owner + " PTR ( c.\n" + more + "\nd PTR e.\n");
      ASSERT_EQ(got.findings.size(), 1U) << owner << more;
      EXPECT_TRUE(got.findings[0].starts_with(more[0] == ';' ? "zone:4: " : "zone:3: ")) << got.findings[0];
      EXPECT_NE(got.findings[0].find("error: unexpected data at '"), std::string::npos) << got.findings[0];
      EXPECT_EQ(got.records.size(), 1U) << owner << more;
    }
    EXPECT_EQ(read_text(owner + " PTR ( c.\n ; (\n )\nd PTR e.\n").records.size(), 2U);
    EXPECT_EQ(read_text(owner + " PTR ( c.\nd PTR e.\n\nf PTR g.\n").findings,
              Lines{"zone:1: error: the record's '(' has no matching ')'"});
  }
}

// A parenthesis that is never closed is named where it opens, and reading goes on in the line after it.
TEST(Rewrite, NamesAnOpenParenthesis) {
  const auto got = read_text("a+b PTR c.\nd+e PTR ( f.\ng PTR h.\ni MX (\n10 \n+ j k\nl PTR m.\n");
  EXPECT_EQ(got.findings, (Lines{"zone:2: error: the record's '(' has no matching ')'",
                                 "zone:4: error: the record's '(' has no matching ')'"}));
  EXPECT_EQ(got.records.size(), 3U);
}

// A $ORIGIN before such a record holds after an invalid one behind it.
TEST(Rewrite, KeepsTheOriginBeforeIt) {
  const auto got = read_text("x PTR y.\n$ORIGIN test.\na+b PTR c\n$ORIGIN(\n1)\nd PTR e\n");
  EXPECT_EQ(got.records,
            (Lines{"1 x.example. 3600 12 y.", "3 a+b.test. 3600 12 c.test.", "6 d.test. 3600 12 e.test."}));
}

// Padded base32hex in NSEC3 (RFC 5155 3.3), whether the scanner took the record at once or in another form.
TEST(Rewrite, RefusesPaddingInNsec3) {
  const std::string fault = "zone:1: error: Base32hex in an NSEC3 record has no padding (RFC 5155 3.3)";
  EXPECT_EQ(finding("a NSEC3 1 1 12 aabb 2t7b4g4= A\n"), fault);
  EXPECT_EQ(finding("a+b NSEC3 1 1 12 - 2t7b4g4= A\n"), fault);
  EXPECT_TRUE(read_text("a NSEC3 1 1 12 aabb 2t7b4g4vsa5smi47k61mv5bv1a22bojr A ; =\n").good);
  EXPECT_TRUE(read_text("a NSEC3 \\# 8 010100010001FF00\n").good);
}

// $GENERATE makes such records too; an error names the line and the iterator.
TEST(Rewrite, TakesGeneratedRecords) {
  const auto got = read_text(
      "x PTR y.\n$GENERATE 1-3 a+$ 5 CLASS1 PTR b+$\n$GENERATE 1-2000 $ AMTRELAY 10 0 1 192.0.2.1\n PTR "
      "z.\n");
  EXPECT_EQ(got.findings, Lines());
  ASSERT_EQ(got.records.size(), 2005U);
  EXPECT_EQ(got.records[3], "2 a+3.example. 5 12 b+3.example.");
  EXPECT_EQ(got.records[2003], "3 2000.example. 5 260 0a01c0000201");
  EXPECT_EQ(got.records[2004], "4 x.example. 5 12 z.");
  EXPECT_EQ(finding("$GENERATE 254-300 a+$ A 192.0.2.$\n"),
            "zone:1: error: $GENERATE at 256: invalid IPv4 address at '192.0.2.256'");
  EXPECT_EQ(finding("$GENERATE 1-3 $ IN IN PTR a.\n"),
            "zone:1: error: $GENERATE at 1: the class is given twice, as 'IN' and 'IN'");
}

// $ORIGIN with any printable octet, absolute and relative.
TEST(Rewrite, TakesAnyOrigin) {
  expect_same("$ORIGIN a+b.test.\n1 PTR c\n$ORIGIN d~e ; c\n1 PTR c\n",
              "$ORIGIN a\\043b.test.\n1 PTR c\n$ORIGIN d\\126e.a\\043b.test.\n1 PTR c\n");
  EXPECT_EQ(finding("$ORIGIN a b\n"), "zone:1: error: $ORIGIN needs one domain name");
  EXPECT_EQ(finding("$ORIGIN m\u00FC.\n"),
            "zone:1: error: $ORIGIN: 'm\\195\\188.' contains U+00FC; write names in ASCII (xn--...), and "
            "other text in quotes");
}

// A record that the scanner takes means the same when it is rewritten all the same: every type, data at
// random.
TEST(Rewrite, ChangesNoOtherRecord) {
  RandomRdata random(3);
  const wire::Name origin = example_options().origin;
  for (uint16_t type = 1; type <= 260; ++type) {
    for (unsigned i = 0; i < 50 && !rdata_fields(type).empty(); ++i) {
      const std::string line = record_to_text(origin, type, 60, random.good(type));
      const auto rewritten = rewrite_record(line, origin);
      ASSERT_TRUE(rewritten) << line << ": " << rewritten.error().text;
      const auto expected = read_text(line + '\n');
      ASSERT_TRUE(expected.good && expected.records.size() == 1) << line;
      EXPECT_EQ(read_text(rewritten->text).records, expected.records) << line << rewritten->text;
    }
  }
}

// Contents of files that the operator permitted elsewhere are not quoted by this pass either.
TEST(Rewrite, QuotesNothingOfOtherFiles) {
  const Folder folder;
  const Folder other;
  const auto secret = other.write("secret", "topsecret WINS x\na [AGE:topsecret] IN IN PTR b\nb TOPSECRET\n");
  auto options = example_options();
  options.include_paths = {other.path().string()};
  const auto got = read_text("$INCLUDE " + secret.string() + "\n", options, folder.path());
  ASSERT_EQ(got.findings.size(), 3U);
  for (const std::string& line : got.findings) {
    EXPECT_EQ(line.find("topsecret"), std::string::npos) << line;
    EXPECT_EQ(line.find("TOPSECRET"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace ptrd::zone::test
